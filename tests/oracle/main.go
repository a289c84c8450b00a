// Command oracle tells what BuildKit's own Dockerfile frontend makes of a file: how it is read, what its linter says,
// what it would build. One JSON request a line in, one JSON answer a line out (README.md). No engine, no network.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
)

type request struct {
	Name, Text, File string
	Base64           []byte // in place of Text, for bytes that JSON cannot hold
	Target, Platform string
	Args             map[string]string
	Contexts         map[string]string          // named contexts, as in --build-context
	Images           map[string]json.RawMessage // image configs, by the name written in FROM
	Context          map[string]string          // the context's files; "dir/" is a directory
	Ignore           string                     // the ignore file
	Experimental     bool                       // lint: experimental rules too
	Mode             []string                   // parse, lint, ops, verdict
}

type object = map[string]any

const (
	maxBytes   = 16 << 20 // BuildKit's own limit for a Dockerfile
	maxNesting = 100_000  // its expander recurses on "${", and a stack overflow is the one crash nobody can catch
)

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			_ = out.Encode(answer(line))
		}
		if err != nil {
			return
		}
	}
}

func answer(line []byte) object {
	var req request
	err := json.Unmarshal(line, &req)
	res := object{"name": req.Name}
	source := []byte(req.Text)
	if req.Base64 != nil {
		source = req.Base64
	} else if req.File != "" && err == nil {
		source, err = os.ReadFile(req.File)
	}
	if err == nil && (len(source) > maxBytes || bytes.Count(source, []byte("${")) > maxNesting) {
		err = errors.New("too large for the oracle")
	}
	if err != nil {
		res["error"] = failure(err)
		return res
	}
	if req.Context != nil {
		res["sent"] = guard(func() (any, error) { return sent(req) })
	}
	for _, mode := range req.Mode {
		switch mode {
		case "parse":
			res[mode] = guard(func() (any, error) { return parse(source), nil })
		case "lint":
			res[mode] = guard(func() (any, error) { return lint(source, req) })
		case "ops":
			res[mode] = guard(func() (any, error) { return ops(source, req) })
		case "verdict":
			res[mode] = guard(func() (any, error) { return object{}, verdict(source, req) })
		default:
			res["error"] = failure(fmt.Errorf("unknown mode %q", mode))
		}
	}
	return res
}

// guard makes an answer of an error, and of a panic inside BuildKit: bad input is what the oracle is for.
func guard(f func() (any, error)) (res any) {
	defer func() {
		if r := recover(); r != nil {
			res = object{"panic": fmt.Sprint(r)}
		}
	}()
	res, err := f()
	if err != nil {
		return object{"error": failure(err)}
	}
	return res
}

// failure is an error with the line ranges BuildKit blames.
func failure(err error) object {
	lines := [][2]int{}
	var located *parser.LocationError
	if errors.As(err, &located) {
		for _, ranges := range located.Locations {
			for _, r := range ranges {
				lines = append(lines, [2]int{r.Start.Line, r.End.Line})
			}
		}
	}
	return object{"message": err.Error(), "lines": lines}
}

func parse(source []byte) object {
	res := object{"directives": directives(source)}
	if _, syntax, _, ok := parser.DetectSyntax(source); ok {
		res["syntax"] = syntax // the other pass over the bytes: shebang, "//" and JSON carriers
	}
	file, err := parser.Parse(bytes.NewReader(source))
	if err != nil {
		res["error"] = failure(err)
		return res
	}
	warnings, list := []object{}, []object{}
	for _, w := range file.Warnings {
		warnings = append(warnings, object{"message": w.Short, "line": w.Location.Start.Line})
	}
	for _, node := range file.AST.Children {
		list = append(list, instruction(node))
	}
	res["escape"], res["warnings"], res["instructions"] = string(file.EscapeToken), warnings, list
	if _, _, err := instructions.Parse(file.AST, silent()); err != nil {
		res["error"] = failure(err) // the first; each instruction carries its own as well
	}
	return res
}

// directives hands the lines to BuildKit's recogniser as its parser does: BOM, line end and leading blanks removed.
func directives(source []byte) []object {
	found := []object{}
	var recogniser parser.DirectiveParser
	for i, line := range bytes.Split(bytes.TrimPrefix(source, []byte("\ufeff")), []byte("\n")) {
		line = bytes.TrimLeftFunc(bytes.TrimRight(line, "\r\n"), unicode.IsSpace)
		d, err := recogniser.ParseLine(line)
		if err != nil || d == nil {
			break
		}
		found = append(found, object{"name": d.Name, "value": d.Value, "line": i + 1})
	}
	return found
}

func instruction(node *parser.Node) object {
	res := object{
		"keyword": node.Value, "start": node.StartLine, "end": node.EndLine, "original": node.Original,
		"flags": node.Flags, "json": node.Attributes["json"], "comments": node.PrevComment,
	}
	words := []string{} // ENV and LABEL: name, value and "=" (or "" for the legacy form) in turn
	for n := node.Next; n != nil; n = n.Next {
		if len(n.Children) > 0 {
			res["trigger"] = instruction(n.Children[0])
		} else {
			words = append(words, n.Value)
		}
	}
	res["words"] = words
	heredocs := []object{}
	for _, h := range node.Heredocs {
		heredocs = append(heredocs, object{"name": h.Name, "fd": h.FileDescriptor, "expand": h.Expand, "chomp": h.Chomp, "content": h.Content})
	}
	res["heredocs"] = heredocs
	if _, err := instructions.ParseInstructionWithLinter(node, silent()); err != nil {
		res["error"] = failure(err)
	}
	return res
}

// silent is a linter that tells nobody. BuildKit's parser takes none at all as well, but not with a "# check=" comment.
func silent() *linter.Linter {
	return linter.New(&linter.Config{})
}

func lint(source []byte, req request) (any, error) {
	opt, err := options(source, req)
	if err != nil {
		return nil, err
	}
	if req.Experimental {
		check, _, _, _ := parser.ParseDirective("check", source)
		if opt.Client.LinterConfig, err = linter.ParseLintOptions(check); err != nil {
			return nil, err
		}
		opt.Client.LinterConfig.ExperimentalAll = true
	}
	results, err := dockerfile2llb.DockerfileLint(context.Background(), source, opt)
	if err != nil {
		return nil, err
	}
	findings := []object{}
	for _, w := range results.Warnings {
		findings = append(findings, object{"rule": w.RuleName, "message": w.Detail, "url": w.URL, "lines": lineRanges(w.Location)})
	}
	res := object{"findings": findings}
	if results.Error != nil {
		res["error"] = object{"message": results.Error.Message, "lines": lineRanges(&results.Error.Location)}
	}
	return res, nil
}

func lineRanges(locations ...*pb.Location) [][2]int32 {
	lines := [][2]int32{}
	for _, location := range locations {
		for _, r := range location.GetRanges() {
			lines = append(lines, [2]int32{r.Start.Line, r.End.Line})
		}
	}
	return lines
}

func ops(source []byte, req request) (any, error) {
	opt, err := options(source, req)
	if err != nil {
		return nil, err
	}
	built, err := dockerfile2llb.Dockerfile2LLB(context.Background(), source, opt)
	if err != nil {
		return nil, err
	}
	definition, err := built.State.Marshal(context.Background(), llb.WithCaps(pb.Caps.CapSet(pb.Caps.All())))
	if err != nil {
		return nil, err
	}
	file, err := parser.Parse(bytes.NewReader(source))
	if err != nil {
		return nil, err
	}
	history, steps := []string{}, []object{}
	for _, h := range built.Image.History {
		history = append(history, h.CreatedBy)
	}
	for _, raw := range definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(raw); err != nil {
			return nil, err
		}
		line, stage := int32(0), -1 // stay so for what no instruction made itself: the context, a heredoc's file
		if at := lineRanges(definition.Source.Locations[digest.FromBytes(raw).String()].GetLocations()...); len(at) > 0 {
			line = at[0][0]
		}
		for _, node := range file.AST.Children {
			if strings.EqualFold(node.Value, "from") && int32(node.StartLine) <= line {
				stage++
			}
		}
		for _, text := range readable(&op) {
			steps = append(steps, object{"stage": stage, "line": line, "op": text})
		}
	}
	return object{"config": built.Image.Config, "author": built.Image.Author, "history": history, "ops": steps}, nil
}

// verdict is the reason not to build the file: the linter's, which looks at all stages, or that of the conversion.
func verdict(source []byte, req request) error {
	opt, err := options(source, req)
	if err != nil {
		return err
	}
	results, err := dockerfile2llb.DockerfileLint(context.Background(), source, opt)
	if err != nil {
		return err
	}
	if results.Error != nil {
		return errors.New(results.Error.Message)
	}
	if opt, err = options(source, req); err != nil {
		return err
	}
	built, err := dockerfile2llb.Dockerfile2LLB(context.Background(), source, opt)
	if err != nil {
		return err
	}
	_, err = built.State.Marshal(context.Background(), llb.WithCaps(pb.Caps.CapSet(pb.Caps.All())))
	return err
}

func readable(op *pb.Op) (texts []string) {
	add := func(kind string, payload any) {
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(payload)
		texts = append(texts, kind+" "+strings.TrimSpace(text.String()))
	}
	switch o := op.Op.(type) {
	case *pb.Op_Source:
		delete(o.Source.Attrs, "local.unique") // random
		add("source", o.Source)
	case *pb.Op_Exec:
		add("exec", o.Exec)
	case *pb.Op_Merge:
		add("merge", len(o.Merge.Inputs))
	case *pb.Op_File:
		for _, action := range o.File.Actions {
			switch a := action.Action.(type) {
			case *pb.FileAction_Copy:
				add("copy", a.Copy)
			case *pb.FileAction_Mkfile:
				add(fmt.Sprintf("mkfile %s mode=%o", a.Mkfile.Path, a.Mkfile.Mode), string(a.Mkfile.Data))
			case *pb.FileAction_Mkdir:
				add("mkdir", a.Mkdir)
			}
		}
	}
	return texts
}
