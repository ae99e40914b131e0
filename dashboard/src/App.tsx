import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { ContinuousPage } from "./app/continuous/page";
import { HomePage } from "./app/home/page";
import { Boundary } from "./components/Boundary";
import { Failures } from "./components/Failures";
import { Sidebar } from "./components/layout/Sidebar";
import { TopBar } from "./components/layout/TopBar";
import { useTitle } from "./hooks/useTitle";
import { useWebSocket } from "./hooks/useWebSocket";
import { patient } from "./lib/patient";
import { useContinuous, useParts } from "./stores/continuousStore";

const ExperimentsPage = lazy(() => patient(() => import("./app/experiments/page")));
const ExperimentPage = lazy(() => patient(() => import("./app/experiments/detail")));
const ComparePage = lazy(() => patient(() => import("./app/experiments/compare")));
const ModelsPage = lazy(() => patient(() => import("./app/models/page")));
const TradingPage = lazy(() => patient(() => import("./app/trading/page")));
const PacksPage = lazy(() => patient(() => import("./app/packs/page")));
const ReplaysPage = lazy(() => patient(() => import("./app/replays/page")));
const ReplayPage = lazy(() => patient(() => import("./app/replays/detail")));
const EventsPage = lazy(() => patient(() => import("./app/events/page")));
const DatasetsPage = lazy(() => patient(() => import("./app/datasets/page")));

export function App() {
  useWebSocket();
  useTitle();
  const refused = useContinuous((state) => state.connection.state === "refused");
  const unknown = useContinuous((state) => state.unknown);
  const announcement = useContinuous((state) => state.announcement);
  return (
    <div className="frame">
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <Sidebar />
      <div className="content">
        <TopBar />
        <main id="main" tabIndex={-1}>
          <Failures />
          <Boundary>
            <Suspense fallback={<p className="quiet">Loading</p>}>
              {refused ? (
                <NotLetIn />
              ) : unknown !== null ? (
                <NoSuchSchedule id={unknown} />
              ) : (
                <Switch>
                  <Route path="/" component={HomePage} />
                  <Route path="/continuous" component={ContinuousPage} />
                  <Route path="/experiments" component={ExperimentsPage} />
                  <Route path="/experiments/compare" component={ComparePage} />
                  <Route path="/experiments/:id">{(p) => <ExperimentPage id={p.id} />}</Route>
                  <Route path="/models" component={ModelsPage} />
                  <Route path="/trading" component={TradingPage} />
                  <Route path="/replays" component={ReplaysPage} />
                  <Route path="/replays/:id">{(p) => <ReplayPage id={p.id} />}</Route>
                  <Route path="/packs" component={PacksPage} />
                  <Route path="/datasets" component={DatasetsPage} />
                  <Route path="/events" component={EventsPage} />
                  <Route>
                    <h1>No such page</h1>
                  </Route>
                </Switch>
              )}
            </Suspense>
          </Boundary>
        </main>
        <footer className="quiet">
          Charts of equity and candles: TradingView Lightweight Charts™, © TradingView, Inc.,{" "}
          <a href="https://www.tradingview.com/" rel="noreferrer">
            tradingview.com
          </a>
        </footer>
      </div>
      <div className="unseen" role="status" aria-live="polite">
        {announcement}
      </div>
    </div>
  );
}

function NoSuchSchedule({ id }: { id: string }) {
  const { all, choose } = useParts("all", "choose");
  return (
    <section className="card empty">
      <h1>There is no schedule {id}</h1>
      <p>The address names one that is not there, or not any more.</p>
      <p className="row">
        {all.map((one) => (
          <button key={one.schedule_id} type="button" onClick={() => choose(one.schedule_id ?? "")}>
            {one.name}
          </button>
        ))}
      </p>
    </section>
  );
}

function NotLetIn() {
  return (
    <section className="card empty">
      <h1>Not let in</h1>
      <p>
        This tab has no token, or an old one. Open the address that <code>ctt serve-ws</code> printed at its
        start; it carries the token behind <code>#k=</code>.
      </p>
    </section>
  );
}
