import Foundation
import TestKit
import Testing

@testable import TerminalOutput

@Suite("A console")
struct ConsoleTests {
    @Test("results and remarks go their own ways")
    func streams() throws {
        let output = RecordedOutput()
        let console = output.console()
        try console.print("a line")
        try console.write("as it is")
        console.note("a remark")
        #expect(output.text == "a line\nas it is")
        #expect(output.errorText == "a remark\n")
    }

    @Test("styles are written only where colours are wanted")
    func styles() {
        let plain = RecordedOutput().console(isTerminal: true, usesColor: false)
        let colored = RecordedOutput().console(isTerminal: true, usesColor: true)
        for style in [Console.Style.bold, .dim, .red, .green, .yellow, .cyan] {
            #expect(plain.styled("x", style) == "x")
            #expect(colored.styled("x", style) == "\u{1b}[\(style.rawValue)mx\u{1b}[0m")
        }
    }

    @Test("a full disk is told as one")
    func fullDisk() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        try #require(descriptor >= 0)
        #expect(throws: OutputError.diskFull) { try StandardStream.write("x", to: descriptor) }
        #expect(throws: OutputError.failed(reason: "Bad file descriptor")) { try StandardStream.write("x", to: -1) }
    }

    @Test("a write that fails is told to whoever wrote")
    func failingWrite() {
        let console = Console(
            isTerminal: false, width: 80, usesColor: false, out: { _ in throw StandardStream.BrokenPipe() },
            error: { _ in })
        #expect(throws: StandardStream.BrokenPipe.self) { try console.print("x") }
        #expect(throws: StandardStream.BrokenPipe.self) { try console.write("x") }
    }
}
