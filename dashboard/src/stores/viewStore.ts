import { create } from "zustand";

type Theme = "system" | "light" | "dark";

interface ViewState {
  theme: Theme;
  utc: boolean;
  setTheme(theme: Theme): void;
  setUtc(utc: boolean): void;
}

function show(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

const kept = (localStorage.getItem("ctt.theme") as Theme | null) ?? "system";
show(kept);

export const useView = create<ViewState>()((set) => ({
  theme: kept,
  utc: localStorage.getItem("ctt.utc") !== "no",
  setTheme: (theme) => {
    localStorage.setItem("ctt.theme", theme);
    show(theme);
    set({ theme });
  },
  setUtc: (utc) => {
    localStorage.setItem("ctt.utc", utc ? "yes" : "no");
    set({ utc });
  },
}));
