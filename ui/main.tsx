import { lazy } from "solid-js";
import { render } from "solid-js/web";
import "./app.css";
import { Route, Router } from "./router.ts";

// The frame of all pages, with the query library in it, comes along with the page's own chunk: together they are one
// round trip, and this entry stays small.
const Shell = lazy(() => import("./shell/Shell.tsx"));
const ToExperiments = lazy(() => import("./shell/ToExperiments.tsx"));
const NotFound = lazy(() => import("./shell/NotFound.tsx"));
const SignIn = lazy(() => import("./sign-in/SignIn.tsx"));
const ExperimentList = lazy(() => import("./experiments/ExperimentList.tsx"));
const NewExperiment = lazy(() => import("./experiments/NewExperiment.tsx"));
const EditExperiment = lazy(() => import("./experiments/EditExperiment.tsx"));
const ExperimentPage = lazy(() => import("./experiments/ExperimentPage.tsx"));
const ResultsPage = lazy(() => import("./results/ResultsPage.tsx"));
const LivePage = lazy(() => import("./live/LivePage.tsx"));
const EventTailPage = lazy(() => import("./events/EventTailPage.tsx"));
const DimensionsPage = lazy(() => import("./dimensions/DimensionsPage.tsx"));
const HealthPage = lazy(() => import("./health/HealthPage.tsx"));
const SetupPage = lazy(() => import("./experiments/SetupPage.tsx"));
const MetricList = lazy(() => import("./metrics/MetricList.tsx"));
const LayerList = lazy(() => import("./layers/LayerList.tsx"));
const FlagList = lazy(() => import("./flags/FlagList.tsx"));
const FlagPage = lazy(() => import("./flags/FlagPage.tsx"));
const ApiKeyList = lazy(() => import("./keys/ApiKeyList.tsx"));

// A link that is pointed at fetches its page's code and its data before it is followed.
const prefetch = async (page: "experiments" | "flags" | "metrics" | "layers" | "apiKeys"): Promise<void> =>
  (await import("./api/prefetch.ts")).prefetch[page]();

const prefetchExperiment = async (key: string): Promise<void> =>
  (await import("./api/prefetch.ts")).prefetch.experiment(key);

const prefetchFlag = async (key: string): Promise<void> => (await import("./api/prefetch.ts")).prefetch.flag(key);

const app = document.getElementById("app");
if (app === null) throw new Error("index.html has no #app.");

render(
  () => (
    <Router>
      <Route path="/sign-in" component={SignIn} />
      <Route component={Shell}>
        <Route path="/" component={ToExperiments} />
        <Route path="/experiments" component={ExperimentList} preload={() => void prefetch("experiments")} />
        <Route path="/experiments/new" component={NewExperiment} preload={() => void prefetch("metrics")} />
        <Route
          path="/experiments/:key/edit"
          component={EditExperiment}
          preload={({ params }) => void prefetchExperiment(params.key ?? "")}
        />
        <Route
          path="/experiments/:key"
          component={ExperimentPage}
          preload={({ params }) => void prefetchExperiment(params.key ?? "")}
        >
          <Route path={["/", "/results"]} component={ResultsPage} />
          <Route path="/dimensions" component={DimensionsPage} />
          <Route path="/health" component={HealthPage} />
          <Route path="/live" component={LivePage} />
          <Route path="/setup" component={SetupPage} />
        </Route>
        <Route path="/flags" component={FlagList} preload={() => void prefetch("flags")} />
        <Route path="/flags/:key" component={FlagPage} preload={({ params }) => void prefetchFlag(params.key ?? "")} />
        <Route path="/metrics" component={MetricList} preload={() => void prefetch("metrics")} />
        <Route path="/layers" component={LayerList} preload={() => void prefetch("layers")} />
        <Route path="/events" component={EventTailPage} />
        <Route path="/api-keys" component={ApiKeyList} preload={() => void prefetch("apiKeys")} />
        <Route path="*" component={NotFound} />
      </Route>
    </Router>
  ),
  app,
);
