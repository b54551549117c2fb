import Foundation
import TestKit
import Testing

@testable import TerminalOutput

@Suite("Output that is held back while a transaction is open")
struct HeldOutputTests {
    /// Runs `body` with both ends of a pipe that no thread reads.
    private static func withPipe(_ body: (_ reading: Int32, _ writing: Int32) throws -> Void) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        try body(ends[0], ends[1])
    }

    /// The number of bytes in the pipe.
    private static func waiting(_ descriptor: Int32) -> Int {
        var count: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : -1
    }

    @Test("output within the size limit is written only at the end")
    func held() throws {
        try Self.withPipe { reading, writing in
            let output = HeldOutput(descriptor: writing) { true }
            let console = output.console(like: RecordedOutput().console())
            try console.print("a row")
            #expect(Self.waiting(reading) == 0)
            try output.finish()
            #expect(Self.waiting(reading) == 6)
            try output.finish()
            #expect(Self.waiting(reading) == 6)
        }
    }

    @Test("output beyond the size limit is written at once, and writing fails if the reader is too slow")
    func slowReader() throws {
        try Self.withPipe { reading, writing in
            let output = HeldOutput(descriptor: writing) { true }
            let console = output.console(like: RecordedOutput().console())
            #expect(throws: HeldOutput.IsOver.self) {
                try console.write(String(repeating: "a", count: 9 << 20))
            }
            #expect(Self.waiting(reading) > 0)
        }
    }
}
