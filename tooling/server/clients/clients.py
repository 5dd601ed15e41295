# Python's clients against a server: python clients.py ADDRESS. Run by main.ts.

import io
import sys

import openai
import webuiapi
from PIL import Image

address = sys.argv[1]
host, port = address.removeprefix("http://").split(":")

# openai
client = openai.OpenAI(base_url=f"{address}/v1", api_key="none")
made = client.images.generate(prompt="a red apple", model="emoji", extra_body={"seed": 7, "negative_prompt": "leaf"})
import base64

first = Image.open(io.BytesIO(base64.b64decode(made.data[0].b64_json)))
assert first.size == (128, 128), first.size
events = list(client.images.generate(prompt="a dog", stream=True, partial_images=2))
assert [event.type for event in events] == ["image_generation.partial_image"] * 2 + ["image_generation.completed"]
file = io.BytesIO()
first.save(file, "PNG")
edited = client.images.edit(image=("apple.png", file.getvalue(), "image/png"), prompt="a green apple")
assert edited.data[0].b64_json
varied = client.images.create_variation(image=("apple.png", file.getvalue(), "image/png"), n=2)
assert len(varied.data) == 2
assert [model.id for model in client.models.list()] == ["emoji"]
try:
    client.with_options(max_retries=0).images.generate(prompt="x", model="other")
    raise AssertionError("a model that is not there was accepted")
except openai.NotFoundError as error:
    assert "other" in str(error)

# webuiapi
api = webuiapi.WebUIApi(host=host, port=int(port))
result = api.txt2img(prompt="a cat", negative_prompt="dog", seed=3)
assert result.image.size == (512, 512), result.image.size
assert result.info["seed"] == 3 and result.info["steps"] == 4
small = api.txt2img(prompt="a cat", seed=3, width=128, height=128)
changed = api.img2img(images=[small.image], prompt="a dog", denoising_strength=0.5, width=128, height=128)
assert changed.image.size == (128, 128)
mask = Image.new("L", (128, 128), 0)
mask.paste(255, (0, 0, 64, 128))
painted = api.img2img(images=[small.image], mask_image=mask, prompt="a hat", width=128, height=128)
assert painted.image.crop((100, 0, 128, 128)).tobytes() == small.image.crop((100, 0, 128, 128)).tobytes()
assert api.png_info(small.image).parameters is not None
larger = api.txt2img(prompt="a cat", seed=3, width=128, height=128, enable_hr=True, hr_scale=1.5, denoising_strength=0.6)
assert larger.image.size == (192, 192), larger.image.size
assert api.controlnet_model_list() == [] and "none" in api.controlnet_module_list()
assert api.get_progress()["state"]["job_count"] == 0
api.interrupt()
api.skip()
options = api.get_options()
options["CLIP_stop_at_last_layers"] = 1
api.set_options(options)
for name in (
    "get_cmd_flags get_samplers get_sd_vae get_upscalers get_latent_upscale_modes get_loras get_sd_models "
    "get_hypernetworks get_face_restorers get_realesrgan_models get_prompt_styles get_embeddings get_memory "
    "get_schedulers refresh_checkpoints get_scripts"
).split():
    if hasattr(api, name):
        getattr(api, name)()
assert "emoji" in " ".join(api.util_get_model_names())
api.util_set_model("emoji")
print("openai", openai.__version__, "and webuiapi: images, streams, masks, lists and options work")
