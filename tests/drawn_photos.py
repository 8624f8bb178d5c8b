"""Photos that tests draw."""

from random import Random

from PIL import Image, ImageDraw


def draw_photo(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture unlike those of other seeds: a sky, a ground and shapes whose places and colours differ."""
    random = Random(seed)

    def colour() -> tuple[int, int, int]:
        return random.randrange(256), random.randrange(256), random.randrange(256)

    photo = Image.new("RGB", size, colour())
    pen = ImageDraw.Draw(photo)
    pen.rectangle((0, size[1] * random.uniform(0.3, 0.7), *size), fill=colour())
    for _ in range(random.randrange(2, 7)):
        x, y = random.uniform(0, size[0] * 0.8), random.uniform(0, size[1] * 0.8)
        box = (x, y, x + random.uniform(20, size[0] / 2), y + random.uniform(20, size[1] / 2))
        random.choice([pen.ellipse, pen.rectangle])(box, fill=colour())
    return photo
