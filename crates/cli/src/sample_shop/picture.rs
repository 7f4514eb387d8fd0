//! Product pictures: small real PNG files, drawn and encoded here.

/// Width and height of a picture, in pixels.
const EDGE: usize = 32;

/// A picture of a swatch in `colour` (red, green, blue) on a pale ground, as the bytes of a PNG.
pub(super) fn swatch(colour: [u8; 3]) -> Vec<u8> {
    let shade = colour.map(|part| (u16::from(part) * 4 / 5) as u8);
    let palette = [[246, 246, 244], colour, shade];
    let mut lines = Vec::with_capacity(EDGE * (EDGE + 1));
    for y in 0..EDGE {
        lines.push(0); // each line of a PNG starts with its filter: none
        lines.extend((0..EDGE).map(|x| palette_index(x, y)));
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let edge = (EDGE as u32).to_be_bytes();
    // 8 bits a pixel, an index into the palette, default compression and filter, not interlaced
    chunk(&mut png, b"IHDR", &[&edge[..], &edge[..], &[8, 3, 0, 0, 0]].concat());
    chunk(&mut png, b"PLTE", &palette.concat());
    chunk(&mut png, b"IDAT", &stored(&lines));
    chunk(&mut png, b"IEND", &[]);
    png
}

/// A square with cut corners and a darker lower third.
fn palette_index(x: usize, y: usize) -> u8 {
    let from_edge = |position: usize| position.min(EDGE - 1 - position);
    let (across, down) = (from_edge(x), from_edge(y));
    match () {
        () if across < 4 || down < 4 || across + down < 11 => 0,
        () if y > EDGE * 2 / 3 => 2,
        () => 1,
    }
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) {
    let body = [&name[..], content].concat();
    png.extend((content.len() as u32).to_be_bytes());
    png.extend(&body);
    png.extend(crc32(&body).to_be_bytes());
}

/// A zlib stream (RFC 1950) with one stored block; the pictures are too small to gain by more.
fn stored(content: &[u8]) -> Vec<u8> {
    let length = content.len() as u16;
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(content);
    stream.extend(adler32(content).to_be_bytes());
    stream
}

fn adler32(content: &[u8]) -> u32 {
    let (low, high) = content.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

fn crc32(content: &[u8]) -> u32 {
    !content.iter().fold(!0_u32, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ (0xedb8_8320 * (crc & 1));
        }
        crc
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn a_picture_says_its_size_and_ends_as_a_png_ends() {
        let png = swatch([200, 30, 40]);
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x20\0\0\0\x20"));
        assert!(png.ends_with(b"IEND\xae\x42\x60\x82"));
        assert!(png.len() < 2_000);
    }
}
