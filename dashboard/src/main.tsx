import { createRoot } from "react-dom/client";
import { App } from "./App";
import { inheritToken, takeToken } from "./lib/api";
import "./style.css";

takeToken();
const root = document.getElementById("root");
if (root) void inheritToken().then(() => createRoot(root).render(<App />));
