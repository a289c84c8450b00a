// Command library serves the page of a lending library over HTTP. At start it checks what it depends on: the C library
// that renders the notices, the page template, the certificate authorities, the time zone.
package main

import (
	"html/template"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetOutput(os.Stdout)
	log.Printf("markdown: cmark %s", MarkdownVersion())

	page, err := template.ParseFiles("templates/index.html")
	if err != nil {
		log.Fatalf("template: %v", err)
	}
	log.Printf("template: %s", page.Name())

	if err := checkTLS(); err != nil {
		log.Fatalf("tls: %v", err)
	}
	log.Print("tls: verified")

	zone, err := time.LoadLocation(os.Getenv("ZONE"))
	if err != nil {
		log.Fatalf("zone: %v", err)
	}
	opening := time.Date(2024, time.July, 1, 9, 0, 0, 0, zone)
	log.Printf("zone: opens at %s", opening.Format("15:04 MST"))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		notice, err := os.ReadFile("notices/welcome.md")
		if err != nil {
			http.Error(w, "no notice today", http.StatusInternalServerError)
			return
		}
		data := map[string]any{"Notice": Markdown(notice), "Opening": opening.Format("15:04 MST"), "UTC": opening.UTC().Format("15:04")}
		if err := page.Execute(w, data); err != nil {
			log.Printf("page: %v", err)
		}
	})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("ok\n"))
	})
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServer(http.Dir("static"))))

	log.Printf("listening on %s", os.Getenv("LISTEN"))
	log.Fatal(http.ListenAndServe(os.Getenv("LISTEN"), mux))
}
