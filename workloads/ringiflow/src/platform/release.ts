declare const __RELEASE_VERSION__: string | undefined;
declare const __FEATURE_SUMMARY__: boolean | undefined;
declare const __FAULT__: boolean | undefined;

/** What the build made of this source; from source, everything that is meant to work is on. */
export const release = {
  version: typeof __RELEASE_VERSION__ === "undefined" ? "0.0.0-source" : (__RELEASE_VERSION__ ?? ""),
  /** The summary of all requests, new in 1.1.0. */
  summary: typeof __FEATURE_SUMMARY__ === "undefined" ? true : __FEATURE_SUMMARY__ === true,
  /** The defect of 1.2.0, which exists to be caught by a rollout. */
  fault: typeof __FAULT__ === "undefined" ? false : __FAULT__ === true,
};
