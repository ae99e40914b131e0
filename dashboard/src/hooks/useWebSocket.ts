import { useEffect } from "react";
import { token } from "../lib/api";
import type { Frame } from "../lib/types";
import { ring } from "../stores/alarmStore";
import { useContinuous } from "../stores/continuousStore";

const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;
const PING = 3000;
const STALE = 10_000; // without an answer
const GIVE_UP = 30_000; // then the connection is made anew

/** Follows the server for as long as the page is there; comes back with the newest `seq` it knows. */
export function useWebSocket(): void {
  useEffect(() => {
    let socket: WebSocket | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let wait = FIRST_RETRY;
    let over = false;
    let rung = false; // that it is not heard has been told
    // Since when an answer is waited for, of this connection and of all since the newest one: timers of a hidden tab may rest.
    let asked: number | null = null;
    let unheard: number | null = null;

    const state = () => useContinuous.getState();
    const later = () => {
      const pause = wait * (0.5 + Math.random() / 2);
      wait = Math.min(LAST_RETRY, 2 * wait);
      state().connect({ state: "waiting", retryAt: Date.now() + pause, since: state().heard });
      clearTimeout(retry);
      retry = setTimeout(open, pause);
    };
    const open = () => {
      clearTimeout(retry);
      const { seq, connect, take, connection } = state();
      connect({ state: "connecting", since: connection.since });
      asked = Date.now();
      unheard ??= asked;
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      const made = new WebSocket(`${scheme}://${location.host}/ws/dashboard${seq ? `?since=${seq}` : ""}`);
      socket = made;
      made.onopen = () => {
        if (token()) made.send(JSON.stringify({ type: "auth", token: token() }));
      };
      made.onmessage = (message) => {
        if (made !== socket) return;
        asked = unheard = null;
        rung = false;
        const frame = JSON.parse(message.data as string) as Frame;
        if (frame.type === "hello") wait = FIRST_RETRY;
        if (frame.type === "hello" || state().connection.state === "stale") connect({ state: "live" });
        take(frame);
      };
      made.onclose = (close) => {
        if (over || made !== socket) return;
        if (close.code === 1008) return connect({ state: "refused", since: state().connection.since });
        later();
      };
    };
    const now = () => {
      if (socket?.readyState === WebSocket.CLOSED && !document.hidden) open();
    };
    // A connection that is there and says nothing: a hung server, a half-open link.
    const watch = () => {
      const { heard, connection } = state();
      const waited = unheard === null ? 0 : Date.now() - unheard;
      if (!rung && heard > 0 && connection.state !== "refused" && waited > STALE) {
        rung = true;
        ring("server", "ctt serve-ws does not answer");
      }
      if (!socket || socket.readyState >= WebSocket.CLOSING) return;
      const silent = asked === null ? 0 : Date.now() - asked;
      if (silent > GIVE_UP) {
        const dead = socket;
        socket = undefined;
        dead.close();
        later();
      } else if (silent > STALE && state().connection.state !== "stale") {
        state().connect({ state: "stale", since: state().heard });
      }
    };
    const ping = setInterval(() => {
      if (socket?.readyState !== WebSocket.OPEN) return;
      socket.send('{"type":"ping"}');
      asked ??= Date.now();
      unheard ??= asked;
      state()
        .pulse()
        .catch(() => undefined);
    }, PING);
    const watching = setInterval(watch, 1000);
    open();
    addEventListener("online", now);
    document.addEventListener("visibilitychange", now);
    return () => {
      over = true;
      clearTimeout(retry);
      clearInterval(ping);
      clearInterval(watching);
      removeEventListener("online", now);
      document.removeEventListener("visibilitychange", now);
      socket?.close();
    };
  }, []);
}
