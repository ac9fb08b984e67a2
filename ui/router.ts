/** The only module that knows which router this is. */
export { A as Link, Route, Router, useLocation, useNavigate, useParams, useSearchParams } from "@solidjs/router";
