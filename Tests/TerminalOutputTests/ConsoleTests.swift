import Foundation
import TestKit
import Testing

@testable import TerminalOutput

@Suite("A console")
struct ConsoleTests {
    @Test("results and notes are written to different streams")
    func streams() throws {
        let output = RecordedOutput()
        let console = output.console()
        try console.print("a line")
        try console.write("as it is")
        console.note("a remark")
        #expect(output.text == "a line\nas it is")
        #expect(output.errorText == "a remark\n")
    }

    @Test("every line on standard error starts with the program's name")
    func program() {
        let output = RecordedOutput()
        var console = output.console()
        console.program = "callbox"
        console.note("what failed\nwhat to do")
        #expect(output.errorText == "callbox: what failed\ncallbox: what to do\n")
    }

    @Test("on a terminal a long sentence is broken between words, but commands and long words are not broken")
    func wrapped() {
        func noted(_ text: String, showsProgress: Bool = true) -> String {
            let output = RecordedOutput()
            var console = Console(
                isTerminal: true, width: 29, usesColor: false, showsProgress: showsProgress, out: { _ in },
                error: { text in try? output.console().write(text) })
            console.program = "callbox"
            console.note(text)
            return output.text
        }
        #expect(noted("one two three four five") == "callbox: one two three four\ncallbox: five\n")
        #expect(noted("/a/very/long/path/to/a/file is") == "callbox: /a/very/long/path/to/a/file\ncallbox: is\n")
        for text in ["one two three four five", "Run 'callbox list --all' for the IDs"] {
            #expect(noted(text, showsProgress: text.contains("callbox")) == "callbox: \(text)\n")
        }
    }

    @Test("styles are written only if colour is enabled")
    func styles() {
        let plain = RecordedOutput().console(isTerminal: true, usesColor: false)
        let colored = RecordedOutput().console(isTerminal: true, usesColor: true)
        for style in [Console.Style.bold, .dim, .red, .green, .yellow, .cyan] {
            #expect(plain.styled("x", style) == "x")
            #expect(colored.styled("x", style) == "\u{1b}[\(style.rawValue)mx\u{1b}[0m")
        }
    }

    @Test("a write to a full disk throws a specific error")
    func fullDisk() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        try #require(descriptor >= 0)
        #expect(throws: OutputError.diskFull) { try StandardStream.write("x", to: descriptor) }
        #expect(throws: OutputError.failed(reason: "Bad file descriptor")) { try StandardStream.write("x", to: -1) }
    }

    @Test("a failed write throws")
    func failingWrite() {
        let console = Console(
            isTerminal: false, width: 80, usesColor: false, out: { _ in throw StandardStream.BrokenPipe() },
            error: { _ in })
        #expect(throws: StandardStream.BrokenPipe.self) { try console.print("x") }
        #expect(throws: StandardStream.BrokenPipe.self) { try console.write("x") }
    }
}
