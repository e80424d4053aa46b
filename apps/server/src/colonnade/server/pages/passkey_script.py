"""The script by which a page asks an authenticator: the answer goes into the form, and the form to the server.

A page without it still works, but for passkeys. Their buttons are hidden until it runs, and say in `data-ceremony` what
to do (`get` or `create`) and where the question is: in `data-options`, or to be had by a request to `data-begin`.
"""

from typing import Final

SCRIPT: Final = """
const problem = document.getElementById("problem");
const otherWays = "input[type=email], input[type=password], input[autocomplete=one-time-code]";
const reasons = {
  NotAllowedError: "No passkey was used: try again, or take another way.",
  InvalidStateError: "This device has a passkey for you already.",
};
let isGoingOn = false;

const { parseCreationOptionsFromJSON, parseRequestOptionsFromJSON } = self.PublicKeyCredential ?? {};
const isAble = Boolean(parseCreationOptionsFromJSON && parseRequestOptionsFromJSON);
for (const button of document.querySelectorAll("button[data-ceremony]")) {
  button.hidden = !isAble;
  button.nextElementSibling.hidden = isAble;
}

async function question(button, form) {
  if (button.dataset.options) return JSON.parse(button.dataset.options);
  const challenge = form.elements.challenge?.value;
  const answer = await fetch(button.dataset.begin, {
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(challenge ? { challenge } : {}),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said.public_key;
}

async function answered(button, form) {
  const asked = await question(button, form);
  const credential = button.dataset.ceremony === "create"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
  return JSON.stringify(credential.toJSON());
}

document.addEventListener("submit", async (event) => {
  const { submitter: button, target: form } = event;
  isGoingOn = !button?.dataset.ceremony;
  if (isGoingOn) return;
  event.preventDefault();
  problem.textContent = "";
  document.querySelector("[role=status]")?.remove();
  const others = form.querySelectorAll(otherWays);
  others.forEach((input) => { input.disabled = true; });
  try {
    if (!form.reportValidity()) return;
    button.disabled = true;
    form.elements.credential.value = await answered(button, form);
    isGoingOn = true;
    form.submit();
  } catch (error) {
    problem.textContent = reasons[error.name] ?? `This did not work: ${error.message}`;
  } finally {
    if (!isGoingOn) {
      button.disabled = false;
      others.forEach((input) => { input.disabled = false; });
    }
  }
});

const leaving = document.querySelector("form[data-leaving]");
if (leaving) {
  addEventListener("pagehide", () => {
    if (!isGoingOn) navigator.sendBeacon(leaving.action, new URLSearchParams(new FormData(leaving)));
  });
}
"""
"""Also ends the visit when somebody leaves a page that has a form marked `data-leaving`."""
