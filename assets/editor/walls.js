// What stands for `Function` in our modules: it tells a function from other things, and makes none out of text.
export const WALLED_UP = { [Symbol.hasInstance]: (thing) => typeof thing === "function" };
