import { useEffect } from "react";
import { token } from "../lib/api";
import type { Frame } from "../lib/types";
import { useContinuous } from "../stores/continuousStore";

const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;
const PING = 20_000;

/** Follows the server for as long as the page is there; comes back with the newest `seq` it knows. */
export function useWebSocket(): void {
  useEffect(() => {
    let socket: WebSocket | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let wait = FIRST_RETRY;
    let over = false;

    const open = () => {
      clearTimeout(retry);
      const { seq, connect, take } = useContinuous.getState();
      connect({ state: "connecting", since: useContinuous.getState().connection.since });
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      socket = new WebSocket(`${scheme}://${location.host}/ws/dashboard${seq ? `?since=${seq}` : ""}`);
      socket.onopen = () => {
        if (token()) socket?.send(JSON.stringify({ type: "auth", token: token() }));
      };
      socket.onmessage = (message) => {
        const frame = JSON.parse(message.data as string) as Frame;
        if (frame.type === "hello") {
          wait = FIRST_RETRY;
          connect({ state: "live" });
        }
        take(frame);
      };
      socket.onclose = (close) => {
        if (over) return;
        const since = useContinuous.getState().connection.since ?? Date.now();
        if (close.code === 1008) return connect({ state: "refused", since });
        const pause = wait * (0.5 + Math.random() / 2);
        wait = Math.min(LAST_RETRY, 2 * wait);
        connect({ state: "waiting", retryAt: Date.now() + pause, since });
        retry = setTimeout(open, pause);
      };
    };
    const now = () => {
      if (socket?.readyState === WebSocket.CLOSED && !document.hidden) open();
    };
    const ping = setInterval(() => {
      if (socket?.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}');
    }, PING);
    open();
    addEventListener("online", now);
    document.addEventListener("visibilitychange", now);
    return () => {
      over = true;
      clearTimeout(retry);
      clearInterval(ping);
      removeEventListener("online", now);
      document.removeEventListener("visibilitychange", now);
      socket?.close();
    };
  }, []);
}
