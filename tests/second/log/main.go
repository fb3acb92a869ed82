// Second implementation of the log's checks, on golang.org/x/mod sumdb/note and sumdb/tlog only.
//
//	main check FOLDER   reads a copy of our log (checkpoint, key, tiles, bundles) and proofs.json, and verifies all of it
//	main make FOLDER N  writes a log of N entries of its own in the same layout, with proofs.json, for us to verify
//
// GOPATH mode: GO111MODULE=off GOPATH=/usr/share/gocode go run main.go ...
package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type inclusion struct {
	Index int64    `json:"index"`
	Entry string   `json:"entry"` // base64
	Path  []string `json:"path"`  // base64, leaf upward
}

type consistency struct {
	Old  int64    `json:"old"`
	Root string   `json:"root"`
	Path []string `json:"path"`
}

type proofs struct {
	Size        int64         `json:"size"`
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
}

func main() {
	if len(os.Args) < 3 {
		fail(errors.New("usage: main check FOLDER | main make FOLDER N"))
	}
	switch os.Args[1] {
	case "check":
		fail(check(os.Args[2]))
	case "make":
		n, err := strconv.ParseInt(os.Args[3], 10, 64)
		if err == nil {
			err = build(os.Args[2], n)
		}
		fail(err)
	}
	fmt.Println("ok")
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// path is the name of a tile in the C2SP layout; sumdb's own has the height in it.
func path(t tlog.Tile) string {
	n := t.N
	name := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if t.W < 1<<height {
		name += fmt.Sprintf(".p/%d", t.W)
	}
	level := strconv.Itoa(t.L)
	if t.L < 0 {
		level = "entries"
	}
	return filepath.Join("tile", level, filepath.FromSlash(name))
}

type folder string

func (f folder) Height() int { return height }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), path(t)))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// open verifies the checkpoint's signature with the vkey of the folder and returns its tree.
func open(dir string) (tlog.Tree, error) {
	var tree tlog.Tree
	vkey, err := os.ReadFile(filepath.Join(dir, "key"))
	if err != nil {
		return tree, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return tree, err
	}
	msg, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return tree, err
	}
	signed, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, errors.New("not a checkpoint of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func check(dir string) error {
	tree, err := open(dir)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, folder(dir))
	entries, err := bundles(dir, tree.N)
	if err != nil {
		return err
	}
	for i, entry := range entries { // every leaf hash of the tiles, authenticated against the root, is its entry's
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(i))})
		if err != nil {
			return err
		}
		if hashes[0] != tlog.RecordHash(entry) {
			return fmt.Errorf("entry %d does not have the hash in its tile", i)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "proofs.json"))
	if err != nil {
		return err
	}
	var given proofs
	if err := json.Unmarshal(data, &given); err != nil {
		return err
	}
	return checkProofs(tree, given)
}

func checkProofs(tree tlog.Tree, given proofs) error {
	if given.Size != tree.N || len(given.Inclusion) == 0 || len(given.Consistency) == 0 {
		return errors.New("no proofs for this tree")
	}
	for _, one := range given.Inclusion {
		entry, err := base64.StdEncoding.DecodeString(one.Entry)
		if err != nil {
			return err
		}
		steps, err := parse(one.Path)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(tlog.RecordProof(steps), tree.N, tree.Hash, one.Index, tlog.RecordHash(entry)); err != nil {
			return fmt.Errorf("inclusion of %d: %w", one.Index, err)
		}
	}
	for _, one := range given.Consistency {
		steps, err := parse(one.Path)
		if err != nil {
			return err
		}
		root, err := tlog.ParseHash(one.Root)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(tlog.TreeProof(steps), tree.N, tree.Hash, one.Old, root); err != nil {
			return fmt.Errorf("consistency from %d: %w", one.Old, err)
		}
	}
	return nil
}

func parse(texts []string) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, text := range texts {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return nil, err
		}
		found = append(found, hash)
	}
	return found, nil
}

func bundles(dir string, size int64) ([][]byte, error) {
	var entries [][]byte
	for n := int64(0); n*(1<<height) < size; n++ {
		width := size - n*(1<<height)
		if width > 1<<height {
			width = 1 << height
		}
		data, err := os.ReadFile(filepath.Join(dir, path(tlog.Tile{H: height, L: -1, N: n, W: int(width)})))
		if err != nil {
			return nil, err
		}
		for len(data) >= 2 {
			length := int(binary.BigEndian.Uint16(data))
			if len(data) < 2+length {
				return nil, errors.New("a bundle ends inside an entry")
			}
			entries = append(entries, data[2:2+length])
			data = data[2+length:]
		}
	}
	if int64(len(entries)) != size {
		return nil, fmt.Errorf("%d entries for a tree of %d", len(entries), size)
	}
	return entries, nil
}

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, i := range indexes {
		found = append(found, m[i])
	}
	return found, nil
}

func build(dir string, n int64) error {
	var stored memory
	var entries [][]byte
	for i := int64(0); i < n; i++ {
		entry := []byte(fmt.Sprintf("go entry %d", i))
		hashes, err := tlog.StoredHashes(i, entry, stored)
		if err != nil {
			return err
		}
		stored, entries = append(stored, hashes...), append(entries, entry)
	}
	root, err := tlog.TreeHash(n, stored)
	if err != nil {
		return err
	}
	for _, tile := range tlog.NewTiles(height, 0, n) {
		data, err := tlog.ReadTileData(tile, stored)
		if err != nil {
			return err
		}
		if err := write(dir, path(tile), data); err != nil {
			return err
		}
	}
	if err := writeBundles(dir, entries); err != nil {
		return err
	}
	if err := writeProofs(dir, n, entries, stored); err != nil {
		return err
	}
	return writeCheckpoint(dir, n, root)
}

func writeBundles(dir string, entries [][]byte) error {
	for at := 0; at < len(entries); at += 1 << height {
		end := at + 1<<height
		if end > len(entries) {
			end = len(entries)
		}
		var data []byte
		for _, entry := range entries[at:end] {
			data = append(data, byte(len(entry)>>8), byte(len(entry)))
			data = append(data, entry...)
		}
		tile := tlog.Tile{H: height, L: -1, N: int64(at >> height), W: end - at}
		if err := write(dir, path(tile), data); err != nil {
			return err
		}
	}
	return nil
}

func writeProofs(dir string, n int64, entries [][]byte, stored memory) error {
	made := proofs{Size: n}
	for i := int64(0); i < n; i++ {
		steps, err := tlog.ProveRecord(n, i, stored)
		if err != nil {
			return err
		}
		made.Inclusion = append(made.Inclusion, inclusion{i, base64.StdEncoding.EncodeToString(entries[i]), texts(steps)})
		root, err := tlog.TreeHash(i+1, stored)
		if err != nil {
			return err
		}
		steps2, err := tlog.ProveTree(n, i+1, stored)
		if err != nil {
			return err
		}
		made.Consistency = append(made.Consistency, consistency{i + 1, root.String(), texts(steps2)})
	}
	data, err := json.Marshal(made)
	if err != nil {
		return err
	}
	return write(dir, "proofs.json", data)
}

func texts(hashes []tlog.Hash) []string {
	found := []string{}
	for _, hash := range hashes {
		found = append(found, hash.String())
	}
	return found
}

func writeCheckpoint(dir string, n int64, root tlog.Hash) error {
	skey, vkey, err := note.GenerateKey(rand.Reader, "go.example/log")
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	msg, err := note.Sign(&note.Note{Text: fmt.Sprintf("go.example/log\n%d\n%s\n", n, root)}, signer)
	if err != nil {
		return err
	}
	if err := write(dir, "key", []byte(vkey+"\n")); err != nil {
		return err
	}
	return write(dir, "checkpoint", msg)
}

func write(dir, name string, data []byte) error {
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}
