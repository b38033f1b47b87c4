// Finds and starts Chromium.
import { accessSync, constants } from "node:fs";

const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

// Nothing but the page itself shall reach the network. As root, as in containers, the sandbox cannot be had.
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The path of the browser, or undefined. */
export function findChromium() {
  return PLACES.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts it. */
export async function launch() {
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath: findChromium(), args: FLAGS });
}
