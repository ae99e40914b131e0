/** Loads a part of the page, and tries again for as long as the server is away. */
export async function patient<T>(load: () => Promise<T>, pause = 2000): Promise<T> {
  while (true) {
    try {
      return await load();
    } catch {
      await new Promise((again) => setTimeout(again, pause));
    }
  }
}
