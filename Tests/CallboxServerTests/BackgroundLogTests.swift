import Dispatch
import TestKit
import Testing

@testable import CallboxServer

@Suite("Log lines on a separate thread", .offPool)
struct BackgroundLogTests {
    @Test("lines are written in order, and flush returns after all lines are written", arguments: 0..<20)
    func order(round: Int) {
        let sink = KeptText()
        let log = BackgroundLog { sink.append($0) }
        let lines = (0..<500).map { "line \($0)" }
        for line in lines { log.append(line) }
        log.flush()
        #expect(sink.text == lines.map { $0 + "\n" }.joined())
    }

    @Test("all lines of several threads are written, and the lines of each thread are in order")
    func threads() {
        let sink = KeptText()
        let log = BackgroundLog { sink.append($0) }
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for number in 0..<500 { log.append("\(thread) \(number)") }
        }
        log.flush()
        let lines = sink.text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
        #expect(lines.count == 2000)
        for thread in 0..<4 { #expect(lines.filter { $0[0] == thread }.map { $0[1] } == Array(0..<500)) }
    }

    @Test("while a write blocks, appending does not wait, and lines above the limit are dropped and counted")
    func bound() throws {
        let sink = HeldSink()
        let log = BackgroundLog { sink.write($0) }
        log.append("first")
        try sink.waitUntilWriting()
        let kept = (0..<BackgroundLog.lineCountLimit).map { "kept \($0)" }
        for line in kept { log.append(line) }
        for number in 0..<3 { log.append("dropped \(number)") }
        #expect(sink.text == "")
        sink.release()
        log.flush()
        let expected =
            ["first"] + kept + ["3 log lines were dropped because writing was too slow"]
        #expect(sink.text == expected.map { $0 + "\n" }.joined())
    }

    @Test("no line is dropped below the limit, and lines after a flush are written")
    func room() throws {
        let sink = HeldSink()
        let log = BackgroundLog { sink.write($0) }
        log.append("first")
        try sink.waitUntilWriting()
        for number in 0..<BackgroundLog.lineCountLimit { log.append("\(number)") }
        sink.release()
        log.flush()
        log.append("last")
        log.flush()
        #expect(!sink.text.contains("dropped"))
        #expect(sink.text.hasSuffix("\n\(BackgroundLog.lineCountLimit - 1)\nlast\n"))
    }

    @Test("flush waits for the write in progress and for waiting lines", arguments: 0..<20)
    func flushWaits(round: Int) throws {
        let sink = HeldSink()
        let log = BackgroundLog { sink.write($0) }
        log.append("first")
        try sink.waitUntilWriting()
        log.append("second")
        DispatchQueue.global().async { sink.release() }
        log.flush()
        #expect(sink.text == "first\nsecond\n")
    }

    @Test("flush without lines writes nothing")
    func nothing() {
        let sink = KeptText()
        let log = BackgroundLog { sink.append($0) }
        log.flush()
        log.flush()
        #expect(sink.text == "")
    }
}
