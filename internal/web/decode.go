package web

import (
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"awil/internal/errs"
)

// defaultMax is the longest text of an input that does not say otherwise, in
// characters.
const defaultMax = 1000

// inMemory is how much of an upload is kept in memory; the rest goes to a
// temporary file that is removed with the request.
const inMemory = 4 << 20

// Decode fills a form struct from the query and the body of a request. Fields
// carry the input's name in the tag "form" and may carry "max", the longest
// text in characters (1000 without it). Kinds: string, []string, int, int64,
// []int64, bool, *multipart.FileHeader and a slice of these. Texts come
// trimmed, in NFC, with plain line breaks and without control characters.
//
// Text that is too long and numbers that are none give *errs.Fields, after
// everything else has been filled in; an input whose text should come back
// just as it was typed is a string. Other errors say that the request is no
// form: errs.Invalid, errs.TooLarge.
func Decode(c echo.Context, form any) error {
	values, files, err := formValues(c.Request())
	if err != nil {
		return err
	}
	target := reflect.ValueOf(form)
	if target.Kind() != reflect.Pointer || target.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("decode form: %T is no pointer to a struct", form)
	}
	var problems errs.Fields
	if err := decodeStruct(target.Elem(), values, files, &problems); err != nil {
		return err
	}
	return problems.Err()
}

// Problems returns what is wrong with a form's fields, or nil when err is
// something else or nothing.
func Problems(err error) *errs.Fields {
	var fields *errs.Fields
	if errors.As(err, &fields) && fields.Len() > 0 {
		return fields
	}
	return nil
}

type formFiles map[string][]*multipart.FileHeader

func formValues(r *http.Request) (url.Values, formFiles, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err == nil && kind == echo.MIMEMultipartForm {
		if err := r.ParseMultipartForm(inMemory); err != nil {
			return nil, nil, bodyError(err)
		}
		return r.Form, formFiles(r.MultipartForm.File), nil
	}
	if err := r.ParseForm(); err != nil {
		return nil, nil, bodyError(err)
	}
	return r.Form, nil, nil
}

func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errs.E(errs.TooLarge, "form", err)
	}
	return errs.E(errs.Invalid, "form", err)
}

func decodeStruct(target reflect.Value, values url.Values, files formFiles, problems *errs.Fields) error {
	kind := target.Type()
	for i := range kind.NumField() {
		field := kind.Field(i)
		if field.Anonymous && field.Type.Kind() == reflect.Struct {
			if err := decodeStruct(target.Field(i), values, files, problems); err != nil {
				return err
			}
			continue
		}
		name := field.Tag.Get("form")
		if name == "" {
			continue
		}
		limit, err := maxOf(field)
		if err != nil {
			return err
		}
		in := input{name: name, max: limit, values: values[name], files: files[name], problems: problems}
		if err := in.into(target.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

func maxOf(field reflect.StructField) (int, error) {
	tag := field.Tag.Get("max")
	if tag == "" {
		return defaultMax, nil
	}
	limit, err := strconv.Atoi(tag)
	if err != nil {
		return 0, fmt.Errorf("decode form: field %s: max %q is no number", field.Name, tag)
	}
	return limit, nil
}

// input is what came under one name.
type input struct {
	name     string
	max      int
	values   []string
	files    []*multipart.FileHeader
	problems *errs.Fields
}

func (in input) into(target reflect.Value) error {
	switch into := target.Addr().Interface().(type) {
	case *[]string:
		for _, v := range in.values {
			*into = append(*into, in.text(v))
		}
	case *[]int64:
		for _, v := range in.values {
			if n, ok := in.number(v, 64); ok {
				*into = append(*into, n)
			}
		}
	case *bool:
		v := in.first()
		*into = v != "" && v != "false" && v != "0"
	case **multipart.FileHeader:
		if len(in.files) > 0 {
			*into = in.files[0]
		}
	case *[]*multipart.FileHeader:
		*into = in.files
	default:
		return in.intoKind(target)
	}
	return nil
}

// intoKind fills named types too, such as a currency or a market's code.
func (in input) intoKind(target reflect.Value) error {
	switch target.Kind() {
	case reflect.String:
		target.SetString(in.text(in.first()))
	case reflect.Int, reflect.Int64:
		if v := strings.TrimSpace(in.first()); v != "" {
			if n, ok := in.number(v, target.Type().Bits()); ok {
				target.SetInt(n)
			}
		}
	default:
		return fmt.Errorf("decode form: input %s: cannot fill a %s", in.name, target.Type())
	}
	return nil
}

func (in input) first() string {
	if len(in.values) == 0 {
		return ""
	}
	return in.values[0]
}

func (in input) number(v string, bits int) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(v), 10, bits)
	if err != nil {
		in.problems.Add(in.name, "errors.number")
	}
	return n, err == nil
}

func (in input) text(v string) string {
	v = clean(v)
	if utf8.RuneCountInString(v) > in.max {
		in.problems.Add(in.name, "errors.too_long", "n", in.max)
	}
	return v
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// misleading characters turn the direction of what stands around them or take no room: with them one name can be made
// to look like another. The joiners, which some scripts need, are not among them.
var misleading = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x200b, Hi: 0x200b, Stride: 1}, {Lo: 0x200e, Hi: 0x200f, Stride: 1}, {Lo: 0x202a, Hi: 0x202e, Stride: 1},
	{Lo: 0x2060, Hi: 0x2064, Stride: 1}, {Lo: 0x2066, Hi: 0x2069, Stride: 1}, {Lo: 0xfeff, Hi: 0xfeff, Stride: 1},
}}

// clean makes one form out of the many in which the same text can be sent.
func clean(v string) string {
	v = norm.NFC.String(strings.ToValidUTF8(lineBreaks.Replace(v), "\uFFFD"))
	v = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(misleading, r) {
			return -1
		}
		return r
	}, v)
	return strings.TrimSpace(v)
}
