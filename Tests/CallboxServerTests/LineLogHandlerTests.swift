import Logging
import TestKit
import Testing

@testable import CallboxServer

@Suite("A log event as a line", .offPool)
struct LineLogHandlerTests {
    private static func text(at level: Logger.Level = .trace, _ body: (inout Logger) -> Void) -> String {
        let sink = KeptText()
        let log = BackgroundLog { sink.append($0) }
        var logger = Logger(label: "test") { _ in LineLogHandler(level: level, log: log, now: { .fixture }) }
        body(&logger)
        log.flush()
        return sink.text
    }

    @Test("a line has time, level, text, and metadata sorted by key")
    func format() {
        let text = Self.text { logger in
            logger.info("delivery archived", metadata: ["source": "klavi", "delivery.id": "42", "body.bytes": "\(7)"])
        }
        #expect(text == "2026-11-02T10:00:00.250Z info    delivery archived body.bytes=7 delivery.id=42 source=klavi\n")
    }

    @Test(
        "levels are padded to align the messages",
        arguments: [
            (Logger.Level.trace, "trace   x"), (.debug, "debug   x"), (.info, "info    x"), (.notice, "notice  x"),
            (.warning, "warning x"), (.error, "error   x"), (.critical, "critical x"),
        ])
    func levels(level: Logger.Level, expected: String) {
        #expect(Self.text { $0.log(level: level, "x") } == "2026-11-02T10:00:00.250Z \(expected)\n")
    }

    @Test("events below the level are not written")
    func threshold() {
        let text = Self.text(at: .warning) { logger in
            logger.notice("no")
            logger.warning("yes")
            logger.logLevel = .info
            logger.info("now")
            logger.debug("still not")
        }
        #expect(text.split(separator: "\n").map { $0.split(separator: " ").last } == ["yes", "now"])
    }

    @Test("metadata of the logger is on every line, and metadata of the event takes precedence")
    func metadata() {
        let text = Self.text { logger in
            logger[metadataKey: "a"] = "1"
            logger[metadataKey: "b"] = "2"
            #expect(logger[metadataKey: "a"] == "1")
            logger.info("x", metadata: ["b": "3", "c": "4"])
            logger[metadataKey: "a"] = nil
            logger.info("y")
        }
        #expect(
            text == """
                2026-11-02T10:00:00.250Z info    x a=1 b=3 c=4
                2026-11-02T10:00:00.250Z info    y b=2

                """)
    }

    @Test("a value can neither control a terminal nor start a new line")
    func hostile() {
        let text = Self.text { logger in
            logger.info(
                "x",
                metadata: [
                    "value": "a\nb\u{1b}[31m\u{202e}", "list": ["c\n", "\u{9b}"], "sample": "\(HostileText.sample)",
                ])
        }
        #expect(text.hasSuffix("\n"))
        #expect(!text.dropLast().unicodeScalars.contains(where: HostileText.isHostile))
        #expect(text.contains("value=a\\u{a}b\\u{1b}[31m\\u{202e}\n"))
    }
}
