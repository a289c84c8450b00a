// Command notice renders one line of Markdown.
package main

/*
#cgo pkg-config: libcmark
#include <cmark.h>
#include <stdlib.h>
#include <string.h>
*/
import "C"

import (
	"fmt"
	"unsafe"
)

func main() {
	text := C.CString("back at *noon*")
	defer C.free(unsafe.Pointer(text))
	html := C.cmark_markdown_to_html(text, C.strlen(text), C.CMARK_OPT_DEFAULT)
	defer C.free(unsafe.Pointer(html))
	fmt.Print(C.GoString(html))
}
