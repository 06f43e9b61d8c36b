import { connect } from "./db.js";

export async function ready() {
  let connected = false;
  while (!connected) {
    try {
      await connect();
      connected = true;
    } catch (error) {
      console.error("not yet");
    }
  }
}
