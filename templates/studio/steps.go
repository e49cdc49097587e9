package studio

import (
	"awil/internal/catalog"
)

// Step is the frame of one step of a listing.
type Step struct {
	Frame
	Product catalog.Product
	// Next is where the step leads when she only goes on, and what the button
	// there says: on a first way through the next step, later back.
	Next     string
	NextText string
	// Autosave says that the form may be sent by itself after each change:
	// while nobody but her reads the listing.
	Autosave bool
}

// save is the address the form is sent to.
func (s Step) save(step string) string { return GoodURL(s.Product.ID, step) }

// autosave is the form's data-autosave attribute; empty: none.
func (s Step) autosave(step string) string {
	if !s.Autosave {
		return ""
	}
	return s.save(step)
}

// stepOfMissing is the step on which something that is missing is asked.
func stepOfMissing(what string) string {
	switch what {
	case "photo":
		return StepPhoto
	case "name", "category":
		return StepName
	case "composition", "allergens":
		return StepMade
	default: // price, stock, weight
		return StepPrice
	}
}
