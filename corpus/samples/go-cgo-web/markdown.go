package main

/*
#cgo pkg-config: libcmark
#include <cmark.h>
#include <stdlib.h>
*/
import "C"

import (
	"html/template"
	"unsafe"
)

// MarkdownVersion is that of the C library loaded at run time.
func MarkdownVersion() string {
	return C.GoString(C.cmark_version_string())
}

// Markdown turns a text into HTML. The library leaves raw HTML out, so the result may go into a page as it is.
func Markdown(text []byte) template.HTML {
	if len(text) == 0 {
		return ""
	}
	html := C.cmark_markdown_to_html((*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(text)), C.CMARK_OPT_DEFAULT)
	defer C.free(unsafe.Pointer(html))
	return template.HTML(C.GoString(html))
}
