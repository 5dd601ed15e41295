"use client";
import { useEffect, useState } from "react";
import { StableDiffusion } from "sunstep";

async function makeImage() {
  const sd = await StableDiffusion.fromPretrained();
  const { images } = await sd.generate("a red apple", { seed: 42, steps: 4 });
  await sd.dispose();
  return URL.createObjectURL(await images[0].toBlob());
}

export default function Page() {
  const [url, setUrl] = useState();
  useEffect(() => {
    makeImage().then(setUrl, console.error);
  }, []);
  return url && <img src={url} alt="a red apple" />;
}
