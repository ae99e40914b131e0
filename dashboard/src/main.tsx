import { createRoot } from "react-dom/client";
import { App } from "./App";
import { takeToken } from "./lib/api";
import "./style.css";

takeToken();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
