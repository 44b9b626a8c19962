"""A picture of one's own: as it is read, fitted, encoded and compared."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image

from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.engine.rendering.cropping import MOST_ZOOM, PAD, Fitting
from latentlab.engine.rendering.error_map import error_map
from latentlab.engine.rendering.own_picture import fitted, own_size, read_own, require_room, shrunk
from latentlab.engine.rendering.picture_files import read_picture
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.requests.pictures import (
    OwnPictureRequest,
    PictureSlotRequest,
    SelectionRequest,
)
from latentlab.errors import LabError
from latentlab.models.cvae.model import CVAE, CVAEConfig
from tests.data.pictures import RED, encoded, noise, write
from tests.data.png_files import ASIDES, png_16, with_asides
from tests.engine.conftest import replies
from tests.tiny import toy_set


def own(renderer: Renderer, pixels: np.ndarray, **fields: object) -> list:
    return replies(renderer, OwnPictureRequest(1, pixels, **fields))


# Which part is taken


def test_that_the_middle_is_taken_as_large_as_it_goes_unless_something_else_is_said() -> None:
    assert Fitting().box(40, 25) == (8, 0, 33, 25)
    assert Fitting().box(25, 40) == (0, 8, 25, 33)
    assert Fitting(zoom=2.0).box(40, 40) == (10, 10, 30, 30)
    assert Fitting().box(40, 40, aspect=2.0) == (0, 10, 40, 30)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3), (40, 25)])
@pytest.mark.parametrize(
    "fitting", [Fitting(x=-3.0, y=9.0), Fitting(x=1.0, y=1.0, zoom=1e9), Fitting(zoom=0.0)]
)
def test_that_what_is_taken_lies_inside_whatever_is_asked_for(size, fitting) -> None:
    left, top, right, bottom = fitting.box(*size)
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]


def test_that_the_frame_moves_by_whole_pixels_and_stops_at_the_edge() -> None:
    fitting = Fitting(zoom=2.0)
    assert fitting.moved((5, -3), 40, 40).box(40, 40) == (15, 7, 35, 27)
    edge = fitting.moved((1000, 0), 40, 40)
    assert edge.box(40, 40) == (20, 10, 40, 30)
    assert edge.moved((-1, 0), 40, 40).box(40, 40)[0] == 19, "it does not first come back from afar"


def test_that_zoom_has_bounds() -> None:
    assert Fitting().zoomed(0.1).zoom == 1.0
    assert Fitting().zoomed(1e9).zoom == MOST_ZOOM


def test_that_what_is_cut_out_is_what_the_model_sees() -> None:
    page = np.full((40, 60, 3), 9, np.uint8)
    page[20:36, 40:56] = noise(1, 8).repeat(2, 0).repeat(2, 1)
    seen = fitted(page, Fitting(x=48 / 60, y=28 / 40, zoom=40 / 16), (3, 8, 8))
    assert np.array_equal(seen.transpose(1, 2, 0), noise(1, 8))


def test_that_without_a_choice_it_is_fitted_as_the_command_line_fits_it(tmp_path) -> None:
    path = write(tmp_path / "a.png", noise(3, 100))
    for shape in ((3, 12, 12), (1, 16, 16)):
        assert np.array_equal(fitted(read_own(path), Fitting(), shape), read_picture(path, shape).images[0])


def test_that_the_whole_of_it_is_shown_on_the_colour_of_its_border() -> None:
    page = np.full((10, 20, 3), RED, np.uint8)
    page[4:6, 8:12] = 0
    seen = fitted(page, Fitting(how=PAD), (3, 20, 20)).transpose(1, 2, 0)
    assert (seen[:5] == RED).all()
    assert (seen[15:] == RED).all()
    assert np.array_equal(seen[5:15], page)


def test_that_colours_sizes_and_light_follow_the_model() -> None:
    grey = noise(2, 16, colours=1)
    assert np.array_equal(fitted(grey, Fitting(), (3, 16, 16)), np.stack([grey] * 3))
    assert np.array_equal(fitted(grey, Fitting(negative=True), (1, 16, 16))[0], 255 - grey)
    assert fitted(noise(2, 30), Fitting(), (1, 8, 12)).shape == (1, 8, 12)
    art = fitted(noise(2, 30), Fitting(), (3, 16, 16), pixel=2)
    assert np.array_equal(art[:, ::2, ::2], art[:, 1::2, 1::2]), "drawn pixels are of one colour"
    with pytest.raises(LabError, match="2 channels"):
        fitted(grey, Fitting(), (2, 16, 16))


# Reading


def test_that_a_picture_is_read_as_its_maker_sees_it(tmp_path) -> None:
    layer = np.zeros((12, 20, 4), np.uint8)
    layer[:6] = (*RED, 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(layer).save(tmp_path / "a.png", exif=exif)
    pixels = read_own(tmp_path / "a.png")
    assert pixels.shape == (20, 12, 3)
    assert pixels[0, -1].tolist() == list(RED)
    assert pixels[0, 0].tolist() == [255, 255, 255]
    frames = [Image.fromarray(noise(seed)) for seed in range(3)]
    frames[0].save(tmp_path / "b.webp", save_all=True, append_images=frames[1:], lossless=True)
    assert np.array_equal(read_own(tmp_path / "b.webp"), noise(0))
    Image.fromarray(np.dstack([noise(1, colours=1)] * 3)).save(tmp_path / "c.png")
    assert read_own(tmp_path / "c.png").shape == (12, 12), "grey is grey, whatever it is stored as"


@pytest.mark.parametrize("aside", ASIDES)
def test_that_what_lies_beside_its_pixels_costs_nothing(tmp_path, aside) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(with_asides(encoded(noise(0)), ASIDES[aside]))
    assert np.array_equal(read_own(path), noise(0))
    assert own_size(path) == (12, 12)


def test_that_a_picture_of_more_than_8_bits_has_a_white_of_its_own(tmp_path) -> None:
    levels = np.array([[0, 1000], [2000, 4095]], np.uint16)
    expected = [[0, 62], [125, 255]]
    Image.fromarray(levels).save(tmp_path / "a.tif")
    assert read_own(tmp_path / "a.tif").tolist() == expected
    (tmp_path / "b.png").write_bytes(png_16(np.dstack([levels, levels * 0, levels])))
    assert read_own(tmp_path / "b.png")[..., 2].tolist() == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no picture in a known format"),
        (b"%PDF-1.4", "a PDF document, which LatentLab does not read"),
        (None, "damaged"),
    ],
)
def test_that_what_is_no_picture_is_refused_by_name_and_reason(tmp_path, content, reason) -> None:
    path = tmp_path / "bad.png"
    if content is None:
        whole = write(tmp_path / "whole.png", noise(1, 64)).read_bytes()
        content = whole[: len(whole) // 2]
    path.write_bytes(content)
    with pytest.raises(LabError, match=rf"bad\.png: cannot be read: .*{reason}"):
        read_own(path)


def test_that_folders_absent_files_and_giants_are_refused_before_they_cost_anything(tmp_path) -> None:
    with pytest.raises(LabError, match="is a folder"):
        read_own(tmp_path)
    with pytest.raises(LabError, match=r"gone\.png: there is no such file"):
        read_own(tmp_path / "gone.png")
    Image.new("1", (9000, 9000)).save(tmp_path / "giant.png")
    with pytest.raises(LabError, match=r"giant\.png: cannot be read: 9000 x 9000 pixels, over the limit"):
        read_own(tmp_path / "giant.png")
    with pytest.raises(LabError, match="pasted: cannot be taken: 9000 x 9000"):
        require_room(9000, 9000, "pasted")


def test_that_the_size_is_the_files_own_and_as_its_maker_sees_it(tmp_path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (3000, 400)).save(tmp_path / "turned.jpg", exif=exif)
    assert own_size(tmp_path / "turned.jpg") == (400, 3000)
    Image.new("L", (30, 40)).save(tmp_path / "plain.png")
    assert own_size(tmp_path / "plain.png") == (30, 40)
    (tmp_path / "bad.png").write_bytes(b"no")
    with pytest.raises(LabError, match=r"bad\.png: cannot be read: no picture"):
        own_size(tmp_path / "bad.png")


def test_that_large_pictures_are_kept_smaller_by_a_whole_number() -> None:
    art = noise(1, 30, colours=1).repeat(100, 0).repeat(100, 1)
    kept = shrunk(art)
    assert kept.shape == (1500, 1500)
    assert np.array_equal(kept[::50, ::50], noise(1, 30, colours=1))
    assert shrunk(np.zeros((1, 5000), np.uint8)).shape == (1, 1667)


# Encoding


def test_that_a_picture_of_the_data_gets_the_figures_that_it_has_when_selected(renderer) -> None:
    pixels = toy_set("test").images[5, 0].numpy()
    first, last = own(renderer, pixels)
    (card,) = replies(renderer, SelectionRequest(1, 5))
    assert np.array_equal(first.seen, pixels)
    assert np.array_equal(first.reconstruction, card.reconstruction)
    assert first.mean == pytest.approx(card.mean)
    assert first.sigma == pytest.approx(card.sigma)
    assert first.elbo == pytest.approx(card.elbo, rel=1e-5)
    assert first.reconstruction_nats - first.kl == pytest.approx(first.elbo)
    assert (first.below, last.among) == (None, 64)
    assert last.mean == first.mean


def test_that_a_picture_is_compared_with_the_elbos_of_the_open_data(renderer) -> None:
    images = toy_set("test").images
    with torch.no_grad():
        x = images.float() / 255.0
        many = torch.stack([renderer.drawing.model.elbo_terms(x).elbo() for _ in range(32)]).mean(0)
    order = many.argsort().tolist()
    # By one draw of each picture: near to what many draws say.
    for place, share in ((0, 0.0), (32, 0.5), (63, 1.0)):
        *_, reply = own(renderer, images[order[place], 0].numpy())
        assert reply.below == pytest.approx(share, abs=0.12)


def test_that_the_negative_is_judged_as_the_picture_that_it_is(renderer) -> None:
    pixels = noise(4, 8, colours=1)
    *_, reply = own(renderer, pixels)
    *_, negative = own(renderer, pixels, fitting=Fitting(negative=True))
    assert np.array_equal(negative.seen, 255 - reply.seen)
    assert negative.below == pytest.approx(reply.negative_below)
    assert negative.negative_below == pytest.approx(reply.below)


def test_that_no_comparison_is_made_where_none_is_asked_for(renderer) -> None:
    (reply,) = own(renderer, noise(1), compare=False)
    assert reply.below is None
    (reply,) = replies(renderer, PictureSlotRequest(3, noise(1), compare=False))
    assert reply.generation == 3


def test_that_an_encoder_that_is_told_gets_the_condition_of_the_session(renderer, tmp_path) -> None:
    config = CVAEConfig(
        shape=(1, 8, 8), encoder_widths=(8,), decoder_widths=(8,), condition_names=("even", "odd"),
        condition_encoder=True,
    )  # fmt: skip
    torch.manual_seed(0)
    path = save_model(
        tmp_path / "told.safetensors", CVAE(config), ModelCard("cvae", dataclasses.asdict(config))
    )
    replies(renderer, LoadRequest(1, str(path), "toy"))
    pixels = noise(1, 8, colours=1)
    even, odd = (own(renderer, pixels, condition=y)[-1] for y in ((1.0, 0.0), (0.0, 1.0)))
    assert even.mean != odd.mean
    assert even.below is not None
    model = renderer.drawing.model
    with torch.no_grad():
        mean = model.encode(
            torch.from_numpy(pixels)[None, None].float() / 255.0, torch.tensor([0.0, 1.0])
        ).mean
    assert odd.mean == pytest.approx(tuple(mean[0].tolist()), abs=1e-6)


def test_that_nothing_is_encoded_without_a_model() -> None:
    with pytest.raises(LabError, match="no model"):
        own(Renderer(), noise(1))


# The error map


def test_that_the_error_map_is_black_where_all_is_right_and_brightest_where_it_is_most_wrong() -> None:
    x = np.full((4, 4, 3), 100, np.uint8)
    x_hat = x.copy()
    x_hat[0, 0], x_hat[3, 3] = 151, (151, 100, 100)
    found = error_map(x, x_hat)
    assert found.most == pytest.approx(0.2)
    assert found.mean == pytest.approx((0.2 + 0.2 / 3) / 16)
    light = found.picture.astype(int).sum(-1)
    assert light[0, 0] > light[3, 3] > 0
    assert np.count_nonzero(light) == 2
    same = error_map(x[..., 0], x[..., 0])
    assert (same.most, same.mean, same.picture.max()) == (0.0, 0.0, 0)


def test_that_of_a_conditional_model_the_class_is_found_under_which_the_elbo_is_highest() -> None:
    renderer = Renderer()
    replies(renderer, LoadRequest(1, "mnist-cvae-2d", "mnist", "test"))
    digit = int(np.flatnonzero(renderer.data.labels.numpy() == 1)[0])
    pixels = renderer.data.images[digit, 0].numpy()
    for told, fits in ((0, "1"), (1, "1")):
        condition = tuple(float(number == told) for number in range(10))
        *_, reply = own(renderer, pixels, condition=condition)
        assert (reply.told, reply.fits) == (str(told), fits)
