import Foundation
import TestKit
import Testing

@testable import HTTPListener

/// Damages requests at random, byte by byte and line by line, from a seed.
@Suite struct MutatedRequestTests {
    /// The number of requests per seed: `CALLBOX_MUTATION_COUNT` divided by the number of seeds.
    private static let count =
        ProcessInfo.processInfo.environment["CALLBOX_MUTATION_COUNT"].flatMap { Int($0) } ?? 20_000
    private static let seeds = 1...20 as ClosedRange<UInt64>

    private static let corpus = [
        "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1 ;x = y\r\nf\r\n0\r\nT: u\r\n\r\n",
        "GET http://a:80/3?b=c HTTP/1.1\r\nHost: a:80\r\nX: \t y \t\r\n\r\n",
        "HEAD /4 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "PUT /rejected HTTP/1.1\r\nHost: [::1]\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
        "\r\nPOST /5 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
        "GET /6 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "BREW /7 HTTP/1.1\r\nHost: a\r\n\r\n",
    ].map { Array($0.utf8) }

    /// Header lines that change how a request is parsed.
    private static let lines = [
        "Content-Length: 0", "Content-Length: 4", "Content-Length: 18446744073709551615", "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked", "Host: b", "Connection: close", "Expect: 100-continue", " folded", "X: \0",
        "0", "ffffffffffffffff", "", "GET /rejected HTTP/1.1",
    ].map { Array(($0 + "\r\n").utf8) }

    private static func requests(using generator: inout SplitMix64) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...2, using: &generator) { bytes += corpus.randomElement(using: &generator) ?? [] }
        if Bool.random(using: &generator) { bytes = ByteMutation.mutate(bytes, using: &generator) }
        if Bool.random(using: &generator) {
            let breaks = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
            let place = breaks.randomElement(using: &generator).map { $0 + 1 } ?? 0
            bytes.insert(contentsOf: lines.randomElement(using: &generator) ?? [], at: place)
        }
        return bytes
    }

    @Test(
        "a mutated request gets a response or ends its connection, and all memory and budget is released",
        arguments: seeds)
    func mutated(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var statuses: Set<Substring> = []
        for _ in 0..<Self.count / Self.seeds.count {
            let bytes = Self.requests(using: &generator)
            let conversation = try Conversation()
            let responses = conversation.exchangeInOneRound(bytes)
            statuses.insert(responses.dropFirst("HTTP/1.1 ".count).prefix(3))
            conversation.end()
            guard conversation.isFreed, conversation.budget.usedByteCount == 0 else {
                Issue.record("seed \(seed): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                return
            }
        }
        #expect(statuses.isSubset(of: ["", "100", "200", "400", "404", "413", "417", "501"]))
        #expect(statuses.isSuperset(of: ["200", "400", "501"]))
    }

    @Test("splitting the bytes of mutated requests differently does not change the responses", arguments: seeds)
    func cuts(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<Self.count / Self.seeds.count / 20 {
            let bytes = Self.requests(using: &generator)
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            let whole = try Conversation()
            let parts = try Conversation()
            let expected = Conversation.statuses(whole.exchange(bytes))
            let statuses = Conversation.statuses(parts.exchange(bytes[..<cut]) + parts.exchange(bytes[cut...]))
            #expect(statuses == expected, "\(String(decoding: bytes, as: UTF8.self).debugDescription), cut at \(cut)")
        }
    }
}
