import Deliveries
import Testing

@testable import ReportArchive

@Suite struct QuarantineBufferTests {
    @Test("the first delivery tells the writer, those behind it wait, and one too many is left out")
    func count() {
        let buffer = QuarantineBuffer()
        #expect(buffer.add(.fixture()) == .isFirst)
        for _ in 0..<63 { #expect(buffer.add(.fixture()) == .waitsForWriter) }
        #expect(buffer.add(.fixture()) == .full)
        #expect(buffer.takeAll().count == 64)
        #expect(buffer.takeAll().isEmpty)
        #expect(buffer.add(.fixture()) == .isFirst)
    }

    @Test("bodies are held up to 32 MiB together, but for a single larger one")
    func byteCount() {
        let buffer = QuarantineBuffer()
        let half = String(repeating: "a", count: QuarantineBuffer.byteCountLimit / 2)
        #expect(buffer.add(.fixture(body: half)) == .isFirst)
        #expect(buffer.add(.fixture(body: half)) == .waitsForWriter)
        #expect(buffer.add(.fixture(body: "a")) == .full)
        _ = buffer.takeAll()
        #expect(buffer.add(.fixture(body: half + half + "a")) == .isFirst)
        #expect(buffer.add(.fixture(body: "a")) == .full)
    }
}
