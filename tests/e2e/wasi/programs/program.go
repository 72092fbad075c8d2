// What every program here does, in Go, and its collector and goroutines: see programs.py.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func writeText(path string, flags int, text string) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flags, 0o666)
	check(err)
	_, err = file.WriteString(text)
	check(err)
	check(file.Close())
}

func files() {
	writeText("/files/notes", os.O_TRUNC, "first line\n")
	writeText("/files/notes", os.O_APPEND, "second line\n")
	file, err := os.OpenFile("/files/notes", os.O_RDWR, 0)
	check(err)
	buffer := make([]byte, 4)
	_, err = file.ReadAt(buffer, 6)
	check(err)
	fmt.Printf("at 6: %s\n", buffer)
	_, err = file.Seek(-5, io.SeekEnd)
	check(err)
	_, err = file.WriteString("LINE")
	check(err)
	check(file.Close())
	check(os.MkdirAll("/files/tree/below", 0o777))
	check(os.WriteFile("/files/tree/below/leaf", []byte("leaf"), 0o666))
	check(os.WriteFile("/files/tree/gone", nil, 0o666))
	check(os.Rename("/files/notes", "/files/tree/notes"))
	if _, err := os.Stat("/files/notes"); !errors.Is(err, fs.ErrNotExist) {
		check(fmt.Errorf("stat gives %v", err))
	}
	check(os.Remove("/files/tree/gone"))
	check(filepath.WalkDir("/files", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "/files" {
			return err
		}
		if entry.IsDir() {
			fmt.Println(path + "/")
			return nil
		}
		info, err := entry.Info()
		if err == nil {
			fmt.Println(path, info.Size())
		}
		return err
	}))
}

func refusals() {
	say := func(what string, err error, otherwise string) {
		if err != nil {
			otherwise = "refused"
		}
		fmt.Println(what + ": " + otherwise)
	}
	_, err := os.Open("/files/../../etc/passwd")
	say("outside", err, "open")
	_, err = os.Open("/etc/passwd")
	say("not given", err, "open")
	say("read only", os.WriteFile("/data/new", nil, 0o666), "made")
	text, err := os.ReadFile("/data/given")
	check(err)
	fmt.Printf("read only: %s\n", text)
}

func waits() {
	before := time.Now()
	var group sync.WaitGroup
	numbers := make(chan int)
	for i := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Duration(20+i) * time.Millisecond)
			numbers <- len(make([]byte, 1<<20))
		}()
	}
	go func() { group.Wait(); close(numbers) }()
	sum := 0
	for number := range numbers {
		sum += number
		runtime.GC()
	}
	if sum != 8<<20 || time.Since(before) < 27*time.Millisecond {
		fmt.Println("woke early")
		return
	}
	fmt.Println("slept")
}

func main() {
	for _, argument := range os.Args[1:] {
		fmt.Println("argument", argument)
	}
	fmt.Println("environment", os.Getenv("GREETING"))
	files()
	refusals()
	waits()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println("input", lines.Text())
	}
	os.Exit(7)
}
