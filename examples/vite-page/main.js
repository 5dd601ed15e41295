import { StableDiffusion } from "sunstep";

const form = document.querySelector("form");
const status = document.querySelector("[role=status]");
const image = document.querySelector("img");

// Vite copies the embedded model and ONNX Runtime's WebAssembly beside this script.
const sd = await StableDiffusion.fromPretrained("emoji");

async function paint() {
  const prompt = new FormData(form).get("prompt");
  const { images } = await sd.generate(prompt, {
    onProgress: (event) => {
      if (event.type === "step") status.textContent = `Step ${event.step} of ${event.steps}`;
    },
  });
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(await images[0].toBlob());
  image.alt = prompt;
  status.textContent = `Done, on ${sd.backend}`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  paint().catch((error) => {
    status.textContent = error.message;
  });
});
form.requestSubmit();
