import { execFile } from "node:child_process";
import { constants, existsSync } from "node:fs";
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";

const root = join(import.meta.dirname, "../..");

/** A container has no user namespaces for the sandbox, no GPU, and often a tiny /dev/shm. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--hide-scrollbars",
  "--font-render-hinting=none",
];

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const findOnPath = async (): Promise<string | undefined> => {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter).filter(Boolean)) {
    for (const command of COMMANDS) {
      const file = join(folder, command);
      if (
        await access(file, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return file;
    }
  }
  return undefined;
};

/** Writes its files into the temporary folder of its process, so it gets a process with a folder of its own. */
const UNPACK = 'const { default: chromium } = await import("@sparticuz/chromium"); await chromium.executablePath();';

/** Unpacks the browser that comes with npm, once; the rename makes it safe to run in two processes at a time. */
const unpack = async (): Promise<string> => {
  const manifest = await readFile(join(root, "node_modules/@sparticuz/chromium/package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const folder = join(root, "node_modules/.cache", `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(join(root, "node_modules/.cache"), { recursive: true });
  const stage = await mkdtemp(`${folder}-`);
  try {
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", UNPACK], {
      cwd: root,
      // The variable makes it unpack its spare system libraries too.
      env: { ...process.env, TMPDIR: stage, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
    });
    await rename(stage, folder);
  } catch (error) {
    await rm(stage, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
};

/** The system's fonts where it has any, and those that came with the browser. Without a list of its own it finds none. */
const listFonts = async (folder: string): Promise<string> => {
  const file = join(folder, "fonts.conf");
  await writeFile(
    file,
    `<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(folder, "fonts")}</dir>
  <cachedir>${join(folder, "fonts-cache")}</cachedir>
</fontconfig>
`,
  );
  return file;
};

const launchUnpacked = async (): Promise<Browser> => {
  const folder = await unpack();
  const fonts = { FONTCONFIG_FILE: process.env["FONTCONFIG_FILE"] ?? (await listFonts(folder)) };
  const launch = (env: Record<string, string>): Promise<Browser> =>
    chromium.launch({
      executablePath: join(folder, "chromium"),
      args: ARGS,
      env: { ...process.env, ...fonts, ...env },
    });
  try {
    return await launch({});
  } catch (error) {
    if (!String(error).includes("shared libraries")) throw error;
    return await launch({ LD_LIBRARY_PATH: join(folder, "al2023/lib") });
  }
};

/**
 * Starts a headless Chromium: the one that `EDGEWORTH_CHROMIUM` names, else one on the PATH, else the one that npm brought.
 * Close it when done.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env["EDGEWORTH_CHROMIUM"] ?? (await findOnPath());
  try {
    return executablePath === undefined
      ? await launchUnpacked()
      : await chromium.launch({ executablePath, args: ARGS });
  } catch (error) {
    throw new Error(
      `No Chromium could be started${executablePath === undefined ? "" : ` from ${executablePath}`}. ` +
        "Install one (Debian and Ubuntu: apt install chromium, or only its libraries: apt install libnss3 libexpat1) " +
        "or set EDGEWORTH_CHROMIUM to the path of a Chromium or Chrome.",
      { cause: error },
    );
  }
}
