package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/web"
)

func decode(t *testing.T, form any, values url.Values) error {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return web.Decode(echo.New().NewContext(r, httptest.NewRecorder()), form)
}

func TestDecode(t *testing.T) {
	type code string
	var form struct {
		Name   string  `form:"name"`
		Story  string  `form:"story"`
		Code   code    `form:"code"`
		Count  int     `form:"count"`
		IDs    []int64 `form:"id"`
		Agree  bool    `form:"agree"`
		Denied bool    `form:"denied"`
		Other  string
	}
	err := decode(t, &form, url.Values{
		"name": {"  Qon\u0301ırat\x00 "}, "story": {"one\r\ntwo\u0007"}, "code": {"jp"}, "count": {" 12 "},
		"id": {"3", "4"}, "agree": {"on"}, "denied": {"false"}, "Other": {"x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if form.Name != "Qońırat" || form.Story != "one\ntwo" || form.Code != "jp" || form.Count != 12 ||
		!slices.Equal(form.IDs, []int64{3, 4}) || !form.Agree || form.Denied || form.Other != "" {
		t.Errorf("%+v", form)
	}
}

func TestDecodeProblems(t *testing.T) {
	var form struct {
		Name  string `form:"name" max:"5"`
		Count int    `form:"count"`
		Email string `form:"email"`
	}
	err := decode(t, &form, url.Values{"name": {"メロンジャム"}, "count": {"many"}, "email": {"a@b"}})
	problems := web.Problems(err)
	if problems.Len() != 2 || !problems.Has("name") || !problems.Has("count") {
		t.Fatalf("problems %v", err)
	}
	if form.Name != "メロンジャム" || form.Email != "a@b" {
		t.Errorf("what was typed is lost: %+v", form)
	}
	if web.FormStatus(problems) != http.StatusUnprocessableEntity || web.FormStatus(nil) != http.StatusOK {
		t.Error("status of the form's page")
	}
	if web.Problems(errs.E(errs.Conflict, "x")) != nil || web.Problems(nil) != nil {
		t.Error("other errors are no problems of fields")
	}
}

func TestDecodeMistakesOfTheProgram(t *testing.T) {
	var bad struct {
		When struct{} `form:"when"`
	}
	if err := decode(t, &bad, nil); err == nil || errs.KindOf(err) != errs.Internal {
		t.Errorf("an unknown kind of field: %v", err)
	}
	if err := decode(t, bad, nil); err == nil {
		t.Error("not a pointer")
	}
}

func TestDecodeFile(t *testing.T) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("name", "jam")
	part, _ := w.CreateFormFile("photo", "jam.jpg")
	_, _ = part.Write([]byte("picture"))
	_ = w.Close()
	r := httptest.NewRequest(http.MethodPost, "/", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	var form struct {
		Name   string                  `form:"name"`
		Photo  *multipart.FileHeader   `form:"photo"`
		Photos []*multipart.FileHeader `form:"photo"`
		None   *multipart.FileHeader   `form:"none"`
	}
	if err := web.Decode(echo.New().NewContext(r, httptest.NewRecorder()), &form); err != nil {
		t.Fatal(err)
	}
	if form.Name != "jam" || form.Photo == nil || len(form.Photos) != 1 || form.None != nil {
		t.Fatalf("%+v", form)
	}
	f, err := form.Photo.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if data, _ := io.ReadAll(f); string(data) != "picture" {
		t.Errorf("file holds %q", data)
	}
}

func TestFailedFormKeepsValues(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	long := strings.Repeat("a", 21) + "@b.test"
	res := b.post("/en-jp/cart/lines", url.Values{"email": {long}})
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("%d", res.StatusCode)
	}
	in := res.doc.Find("input[name=email]")
	if in.AttrOr("value", "") != long || in.AttrOr("aria-invalid", "") != "true" {
		t.Errorf("value %q, aria-invalid %q", in.AttrOr("value", ""), in.AttrOr("aria-invalid", ""))
	}
	id := in.AttrOr("aria-describedby", "none")
	if text := res.doc.Find("#" + id).Text(); !strings.Contains(text, "20") {
		t.Errorf("the sentence by the field: %q", text)
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	b.signIn("buyer")
	res := b.post("/en-jp/cart/lines", url.Values{"count": {"2"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", res.StatusCode)
	}
	if flash := b.get("/en-jp/villages").doc.Find(".flash"); flash.Length() != 0 {
		t.Error("a public page must look the same to everybody")
	}
	if got := b.get("/account").doc.Find(".flash.good").Text(); !strings.Contains(got, "2") {
		t.Errorf("flash %q", got)
	}
	if b.get("/account").doc.Find(".flash").Length() != 0 {
		t.Error("the flash is shown a second time")
	}
}

func TestResumeAfterSignIn(t *testing.T) {
	w := newWorld()
	b := newBrowser(t, newServer(t, w))
	typed := url.Values{"email": {"<jam@awil.test>"}, "tag": {"one", "two"}, "password": {"hidden"}}
	res := b.post("/studio/notes", typed)
	if res.StatusCode != http.StatusUnauthorized {
		t.Fatalf("%d, want the sign-in page with 401", res.StatusCode)
	}
	sealed := res.doc.Find("input[name=resume]").AttrOr("value", "")
	if sealed == "" || res.doc.Find(".note").Length() != 1 {
		t.Fatal("the sign-in page carries nothing")
	}

	wrong := b.post(web.SignInPath, url.Values{"who": {"nobody"}, "resume": {sealed}})
	if got := wrong.doc.Find("input[name=resume]").AttrOr("value", ""); got != sealed {
		t.Error("a wrong password loses what was typed")
	}

	res = b.post(web.SignInPath, url.Values{"who": {"producer"}, "resume": {sealed}})
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%d, want the page that goes on", res.StatusCode)
	}
	form := res.doc.Find("main form")
	if form.AttrOr("action", "") != "/studio/notes" || form.AttrOr("method", "") != "post" {
		t.Errorf("form leads to %q", form.AttrOr("action", ""))
	}
	again := url.Values{}
	form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) {
		again.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	})
	if again.Get("email") != typed.Get("email") || !slices.Equal(again["tag"], typed["tag"]) {
		t.Errorf("kept %v", again)
	}
	if again.Has("password") {
		t.Error("a password was kept")
	}
	if res := b.post("/studio/notes", again); res.StatusCode != http.StatusSeeOther {
		t.Errorf("sent on: %d", res.StatusCode)
	}
}

func TestResumeCannotBeForged(t *testing.T) {
	w := newWorld()
	b := newBrowser(t, newServer(t, w))
	sealed := b.post("/studio/notes", url.Values{"email": {"a"}}).doc.Find("input[name=resume]").AttrOr("value", "")
	flipped := []byte(sealed)
	flipped[len(flipped)-5] ^= 1
	for name, value := range map[string]string{"changed": string(flipped), "junk": "x", "empty": ""} {
		if res := b.post(web.SignInPath, url.Values{"who": {"producer"}, "resume": {value}}); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d, want a plain sign-in", name, res.StatusCode)
		}
	}
	w.now = w.now.Add(3 * 3600e9)
	if res := b.post(web.SignInPath, url.Values{"who": {"producer"}, "resume": {sealed}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("old: %d, want a plain sign-in", res.StatusCode)
	}
	res := newBrowser(t, newServer(t, w)).post("/studio/notes", url.Values{"email": {"a"}}, "Sec-Fetch-Site", "cross-site")
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("another site's form: %d, want 403", res.StatusCode)
	}
}

func TestResumeBelongsToItsBrowser(t *testing.T) {
	w := newWorld()
	s := newServer(t, w)
	stranger, victim := newBrowser(t, s), newBrowser(t, s)
	sealed := stranger.post("/studio/notes", url.Values{"email": {"evil@awil.test"}}).doc.Find("input[name=resume]").AttrOr("value", "")
	victim.post("/studio/notes", url.Values{"email": {"her own"}})
	if res := victim.post(web.SignInPath, url.Values{"who": {"producer"}, "resume": {sealed}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a stranger's form came along with the sign-in: %d, want 303", res.StatusCode)
	}
	own := newBrowser(t, s)
	sealed = own.post("/studio/notes", url.Values{"email": {"mine"}}).doc.Find("input[name=resume]").AttrOr("value", "")
	own.signIn("producer")
	res := own.get(web.SignInPath + "?" + url.Values{"resume": {sealed}}.Encode())
	if res.doc.Find("input[value=mine]").Length() > 0 {
		t.Error("a link opens a kept form")
	}
}

func TestLaterTabsKeepEarlierForms(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	sealed := b.post("/studio/notes", url.Values{"email": {"first"}}).doc.Find("input[name=resume]").AttrOr("value", "")
	b.post("/studio/notes", url.Values{"email": {"second"}})
	if res := b.post(web.SignInPath, url.Values{"who": {"producer"}, "resume": {sealed}}); res.doc.Find("input[value=first]").Length() != 1 {
		t.Error("the second form threw the first away")
	}
}

func TestSignInLeadsBack(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	for to, want := range map[string]string{"/desk/users?page=2": "/desk/users?page=2", "https://evil.test": "/account", "//evil.test": "/account", "": "/account"} {
		res := b.post(web.SignInPath, url.Values{"who": {"admin"}, "to": {to}})
		if got := res.Header.Get("Location"); got != want {
			t.Errorf("to %q: %q, want %q", to, got, want)
		}
	}
}
