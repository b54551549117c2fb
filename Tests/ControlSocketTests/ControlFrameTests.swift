import Foundation
import Synchronization
import TestKit
import Testing

@testable import ControlSocket

@Suite("Invalid frames on the control socket", .offPool)
struct ControlFrameTests {
    private struct Empty: Codable {}

    private static func decode(_ text: String) -> ControlFailure? {
        failure { try ControlCoding.decode(Empty.self, from: Data(text.utf8)) }
    }

    @Test("JSON of 64 nested levels is decoded, and JSON of 65 levels is rejected")
    func depth() {
        func nested(_ depth: Int) -> String {
            #"{"a":"# + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}"
        }
        #expect(Self.decode(nested(64)) == nil)
        #expect(Self.decode(nested(65)) == .malformed("the frame is nested deeper than 64 levels"))
    }

    @Test("brackets in strings do not count as levels", arguments: [#"[["#, #"\"[["#, #"\\\"[["#, #"\u0022[["#])
    func bracketsInStrings(_ content: String) {
        let text = #"{"a":""# + String(repeating: content, count: 100) + #""}"#
        #expect(Self.decode(text) == nil)
    }

    @Test("brackets after a string count as levels", arguments: [#""""#, #""\\""#, #""\"""#])
    func bracketsAfterStrings(_ string: String) {
        let text = "[\(string)," + String(repeating: "[", count: 512)
        #expect(Self.decode(text) == .malformed("the frame is nested deeper than 64 levels"))
    }

    @Test("UTF-16, which JSONDecoder accepts, is rejected")
    func otherEncodings() throws {
        let bytes = try #require("{}".data(using: .utf16BigEndian))
        #expect(
            failure { try ControlCoding.decode(Empty.self, from: bytes) } == .malformed("the frame is not UTF-8"))
        #expect(Self.decode("{}") == nil)
    }

    @Test(
        "an invalid request is rejected with a reason, and other connections continue",
        arguments: [
            "", "{", "nonsense", #"{"echo":{}}"#, #"{"other":{"_0":"a"}}"#, #"{"echo":{"_0":"a"}} x"#, "[]", "\u{0}",
            "\u{FEFF}{", String(repeating: "[", count: 513), String(repeating: #"{"a":"#, count: 100_000),
        ])
    func garbage(_ text: String) throws {
        let (reason, isAtEnd, other) = try ControlFixture.with { fixture in
            let other = try fixture.connect()
            let raw = try fixture.connectRaw()
            try raw.writeFrame(text.utf8)
            return (try raw.receiveFailure(), try raw.isAtEnd, try other.request(.echo("after")))
        }
        guard case .malformed = reason else {
            Issue.record("\(String(describing: reason))")
            return
        }
        #expect(isAtEnd)
        #expect(other == .text("after"))
    }

    @Test("mutated requests never end the process")
    func mutations() throws {
        let served = try ControlFixture.with { fixture in
            var random = SplitMix64(seed: 12)
            let request = Array(#"{"echo":{"_0":"a\u00e9\\ [1,2.5e3,{\"b\":null}]"}}"#.utf8)
            let alphabet = Array(#"{}[]",:\u0eE+-.19ntf "#.utf8) + [0, 0xff, 0xc3]
            for _ in 0..<2000 {
                var bytes = request.prefix(Int.random(in: 0...request.count, using: &random))
                for _ in 0..<Int.random(in: 0...4, using: &random) {
                    bytes.insert(
                        alphabet.randomElement(using: &random) ?? 0,
                        at: Int.random(in: 0...bytes.count, using: &random))
                }
                _ = failure { try ControlCoding.decode(Question.self, from: Data(bytes)) }
            }
            return try fixture.connect().request(.echo("after"))
        }
        #expect(served == .text("after"))
    }

    @Test("a frame whose length equals the limit is read, and a longer frame is rejected by its length")
    func frameLimit() throws {
        let request = Array(#"{"echo":{"_0":"abc"}}"#.utf8)
        let (accepted, rejected, isAtEnd) = try ControlFixture.with({ $0.frameByteCount = 200 }) { fixture in
            let first = try fixture.connectRaw()
            try first.writeFrame(request + Array(repeating: 0x20, count: 200 - request.count))
            let accepted = try first.receiveFailure()
            let second = try fixture.connectRaw()
            try second.write(Data([0, 0, 0, 201]))
            return (accepted, try second.receiveFailure(), try second.isAtEnd)
        }
        #expect(accepted == nil)
        #expect(rejected == .tooLarge(byteCount: 201, limit: 200))
        #expect(isAtEnd)
    }

    @Test("a client that sends a frame over the limit gets the reason")
    func clientSendsTooMuch() throws {
        let rejected = try ControlFixture.with({ $0.frameByteCount = 200 }) { fixture in
            let client = try fixture.connect()
            return failure { try client.request(.echo(String(repeating: "x", count: 5_000_000))) }
        }
        #expect(rejected == .tooLarge(byteCount: 5_000_018, limit: 200))
    }

    @Test("a client does not send a frame over its own limit, and can then send another frame")
    func clientLimit() throws {
        var limits = ControlLimits()
        limits.frameByteCount = 200
        let (first, second) = try ControlFixture.with { [limits] fixture in
            let client = try Client.connect(path: fixture.path, limits: limits)
            let first = failure { try client.send(.echo(String(repeating: "x", count: 200))) }
            return (first, try client.request(.echo("short")))
        }
        #expect(first == .tooLarge(byteCount: 218, limit: 200))
        #expect(second == .text("short"))
    }

    @Test(
        "a connection that ends within a frame does not affect other connections",
        arguments: [[0], [0, 0, 0, 9], [0, 0, 0, 9, 0x7b]])
    func truncated(_ bytes: [UInt8]) throws {
        let (response, events) = try ControlFixture.with { fixture in
            let raw = try fixture.connectRaw()
            try raw.write(Data(bytes))
            raw.end()
            return (try fixture.connect().request(.echo("after")), fixture.events)
        }
        #expect(response == .text("after"))
        #expect(events == [])
    }

    @Test("a client that stops sending within a frame is disconnected", arguments: [[0], [0, 0, 0, 9, 0x7b]])
    func silentInFrame(_ bytes: [UInt8]) throws {
        let (reason, isAtEnd) = try ControlFixture.with({ $0.receiveTimeout = .milliseconds(30) }) { fixture in
            let raw = try fixture.connectRaw()
            try raw.write(Data(bytes))
            return (try raw.receiveFailure(), try raw.isAtEnd)
        }
        #expect(reason == .timedOut)
        #expect(isAtEnd)
    }

    @Test("a client that sends no request is disconnected with the reason")
    func silent() throws {
        let (reason, after) = try ControlFixture.with({ $0.receiveTimeout = .milliseconds(30) }) { fixture in
            let client = try fixture.connect()
            return (failure { try client.receive() }, try client.receive())
        }
        #expect(reason == .timedOut)
        #expect(after == nil)
    }

    @Test("sending in a handler times out if the client does not read")
    func clientDoesNotRead() throws {
        let seen = Mutex<[ControlFailure]>([])
        let hasEnded = Pending.event()
        let handle: Server.Handler = { _, send in
            for _ in 0..<2 {
                do throws(ControlFailure) {
                    while true { try send(.text(String(repeating: "x", count: 100_000))) }
                } catch {
                    seen.withLock { $0.append(error) }
                }
            }
            hasEnded.happen()
        }
        try ControlFixture.with({ $0.sendTimeout = .milliseconds(30) }, handle: handle) { fixture in
            let client = try fixture.connect()
            try client.send(.count(1))
            try hasEnded.wait()
        }
        #expect(seen.withLock { $0 } == [.timedOut, .closed])
    }

    @Test("a client waits for a response up to its timeout")
    func responseTimeout() throws {
        let mayEnd = Pending.event()
        let handle: Server.Handler = { _, _ in try? mayEnd.wait() }
        let failed = try ControlFixture.with(handle: handle) { fixture in
            defer { mayEnd.happen() }
            let client = try fixture.connect(responseTimeout: .milliseconds(30))
            return failure { try client.request(.count(1)) }
        }
        #expect(failed == .timedOut)
    }
}
