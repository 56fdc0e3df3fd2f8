// Requests to the studio, the status line, and files to save.

const line = document.getElementById("status");

export function say(text, fault = false) {
  line.textContent = text;
  line.classList.toggle("fault", fault);
}

async function post(path, fields) {
  let answer;
  try {
    answer = await fetch(`/api/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields ?? {}),
    });
  } catch {
    throw new Error("The studio does not answer. Start it again: symvae studio.");
  }
  if (answer.ok) return answer;
  const error = new Error((await answer.json()).error);
  error.status = answer.status;
  throw error;
}

export async function ask(path, fields) {
  return (await post(path, fields)).json();
}

export async function save(path, fields, name) {
  const file = await (await post(path, fields)).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// Run an action of the page; a fault becomes one sentence in the status line.
export async function attempt(action, button) {
  if (button) button.disabled = true;
  try {
    return await action();
  } catch (error) {
    say(error.message, true);
    return undefined;
  } finally {
    if (button) button.disabled = false;
  }
}

export function element(id) {
  return document.getElementById(id);
}

// True where a key that is typed belongs to a field, and not to the instrument.
export function isTyping(event) {
  const target = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (target.matches("select")) return !/^[0-9]$/.test(event.key);
  return target.matches("textarea, input:not([type=range]):not([type=checkbox])");
}
