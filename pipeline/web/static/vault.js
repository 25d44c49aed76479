// What was typed and is not yet on the server, kept in this browser for the case that it or the network dies. It is
// encrypted with a key that only the server has: without a session nothing of it can be read; leaving wipes it.
const NAME = "calame";
const STORE = "brouillons";

function database() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, work) {
  const base = await database();
  try {
    return await new Promise((resolve, reject) => {
      // "strict" waits until the bytes are on the disk
      const transaction = base.transaction(STORE, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    base.close();
  }
}

export async function openVault(name, key) {
  const raw = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
  const secret = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  let next = null;
  let running = null;

  async function write() {
    while (next) {
      const value = next;
      next = null;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const text = new TextEncoder().encode(JSON.stringify(value));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, secret, text);
      await within("readwrite", (store) => store.put({ iv, data }, name));
    }
    running = null;
  }

  return {
    // the newest wins: while one is written, only the last of those that came meanwhile follows
    put(value) {
      next = value;
      running ??= write().catch(() => { running = null; });
      return running;
    },
    async clear() {
      next = null;
      await running;
      await within("readwrite", (store) => store.delete(name)).catch(() => {});
    },
    async get() {
      const kept = await within("readonly", (store) => store.get(name)).catch(() => undefined);
      if (!kept) return null;
      try {
        const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, secret, kept.data);
        return JSON.parse(new TextDecoder().decode(text));
      } catch {
        return null; // of an earlier key
      }
    },
  };
}

// Leaving: nothing of a patient stays, and no tab may go on writing.
export function wipe() {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("calame")) sessionStorage.removeItem(name);
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve();
  });
}
