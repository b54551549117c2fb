import Deliveries
import StrictJSON
import TestKit
import Testing

@testable import Transfer

@Suite("Damaged files") struct ImportMutationTests {
    private static let har = Array(
        #"""
        {"log":{"version":"1.2","entries":[{"startedDateTime":"2026-11-21T10:00:00Z","request":{"method":"POST",
        "url":"https://h/klavi?a=1","headers":[{"name":"Content-Length","value":"4"}],"bodySize":4,"postData":{
        "text":"S\u00e3o"}},"response":{"x":[1]}},{"request":{}}],"pages":[]},"b":{"log":{"entries":[]}}}
        """#.utf8)

    /// Splits, checks and reads a file as an import does.
    private static func read(_ bytes: [UInt8], piece: Int) -> [String] {
        var splitter = ElementSplitter(byteCountLimit: 4096)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            splitter.feed(Array(bytes[start..<min(start + piece, bytes.count)]))
        }
        splitter.finish()
        return splitter.takeElements().map { element in
            guard element.flaw == nil, let document = try? JSONDocument(parsing: element.bytes) else {
                return
                    "\(element.number) \(element.flaw.map { "\($0)" } ?? String(decoding: element.bytes, as: UTF8.self))"
            }
            let reading = Result {
                element.kind == .entry
                    ? try HARReader.read(document.root, source: "klavi") { _ in nil }
                    : try RecordReader.read(document.root)
            }
            switch reading {
            case .success(.record(let record)?): return "\(element.number) \(record.target) \(record.body)"
            case .success(let other): return "\(element.number) \(other.map { "\($0)" } ?? "foreign")"
            case .failure(let error): return "\(element.number) \(error)"
            }
        }
    }

    @Test("a damaged file never ends the process, and the size of the pieces does not affect the results")
    func mutations() throws {
        let record = try Array(DeliveryRecord.body(Array("a\"b".utf8)).text().utf8)
        let samples = [Self.har, record + [0x0a] + record + [0x0a], [0x5b] + record + [0x2c, 0x0a] + record + [0x5d]]
        var generator = SplitMix64(seed: 16)
        for round in 0..<1500 {
            let bytes = ByteMutation.mutate(samples[round % samples.count], using: &generator)
            let whole = Self.read(bytes, piece: bytes.count + 1)
            #expect(Self.read(bytes, piece: Int.random(in: 1...9, using: &generator)) == whole, "round \(round)")
        }
    }

    @Test("a body that is accepted matches the hash of its record")
    func altered() throws {
        let record = DeliveryRecord.body(Array("abcdefgh".utf8))
        let text = try Array(record.text().utf8)
        var generator = SplitMix64(seed: 17)
        var readCount = 0
        for _ in 0..<1500 {
            let bytes = ByteMutation.mutate(text, using: &generator)
            guard let document = try? JSONDocument(parsing: bytes), document.root["bodySHA256"] != nil,
                case .record(let read)? = try? RecordReader.read(document.root)
            else { continue }
            readCount += 1
            #expect(read.body == Array("abcdefgh".utf8))
        }
        #expect(readCount > 100)
    }
}
