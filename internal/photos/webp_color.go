package photos

import (
	"image"
	"image/color"
)

// video is a picture whose brightness runs from 16 to 235, as in every lossy
// WebP. The decoder hands it out as image.YCbCr, which stands for the full
// range of JPEG and would show black as dark grey.
type video struct {
	planes *image.YCbCr
	alpha  []uint8 // nil when opaque
	stride int
}

// videoRange gives the pictures of the WebP decoder their true colours.
// Lossless ones are RGB and come back as they are.
func videoRange(img image.Image) image.Image {
	switch img := img.(type) {
	case *image.YCbCr:
		return &video{planes: img}
	case *image.NYCbCrA:
		return &video{planes: &img.YCbCr, alpha: img.A, stride: img.AStride}
	}
	return img
}

// ColorModel is part of image.Image.
func (v *video) ColorModel() color.Model { return color.RGBA64Model }

// Bounds is part of image.Image.
func (v *video) Bounds() image.Rectangle { return v.planes.Rect }

// At is part of image.Image.
func (v *video) At(x, y int) color.Color { return v.RGBA64At(x, y) }

// RGBA64At converts one pixel by ITU-R BT.601, in 16-bit fixed point.
func (v *video) RGBA64At(x, y int) color.RGBA64 {
	c := v.planes.COffset(x, y)
	luma := 76309 * (int32(v.planes.Y[v.planes.YOffset(x, y)]) - 16)
	cb, cr := int32(v.planes.Cb[c])-128, int32(v.planes.Cr[c])-128
	alpha := uint32(0xFF)
	if v.alpha != nil {
		alpha = uint32(v.alpha[(y-v.planes.Rect.Min.Y)*v.stride+x-v.planes.Rect.Min.X])
	}
	return color.RGBA64{
		R: premultiply(luma+104597*cr, alpha),
		G: premultiply(luma-25675*cb-53279*cr, alpha),
		B: premultiply(luma+132201*cb, alpha),
		A: uint16(alpha * 0x101),
	}
}

func premultiply(fixed int32, alpha uint32) uint16 {
	v := uint32(min(max((fixed+1<<15)>>16, 0), 255))
	return uint16(v * alpha * 0x101 / 0xFF)
}
