// Command card prints a card from a template, or a plain one where there is no template.
package main

import (
	"os"
	"text/template"
)

func main() {
	card, err := template.ParseGlob("cards/*.txt")
	if err != nil {
		card = template.Must(template.New("plain").Parse("Dear {{.}}.\n"))
	}
	if err := card.Execute(os.Stdout, "Ada"); err != nil {
		os.Exit(1)
	}
}
