import ArchiveTestKit
import BodyCompression
import Deliveries
import TestKit
import Testing

@testable import Journal

/// Tests of choosing a dictionary for a body that is not parsed yet.
@Suite(.offPool) struct BodyCompressorsTests {
    private static func dictionary(_ text: String) throws -> PresetDictionary {
        try #require(PresetDictionary(Array(text.utf8)))
    }

    /// Runs `body` with the compressors of an archive that has a dictionary for each type. The text of each dictionary
    /// is its type; `*` means all types of the source.
    private static func with(
        types: [String], source: String = "klavi", _ body: (BodyCompressors) throws -> Void
    ) async throws {
        try await TestArchive.withWriter { writer in
            for type in types {
                let scope = DictionaryScope(source: source, type: type == "*" ? nil : type)
                #expect(try writer.add(Self.dictionary(type), for: scope, bodyCount: 1, at: .fixture))
            }
            try body(writer.compressors)
        }
    }

    private static func choice(_ compressors: BodyCompressors, _ body: String, source: String = "klavi") -> String? {
        let dictionary = compressors.compressor(source: source, body: Array(body.utf8)).dictionary
        return dictionary.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("in an archive without dictionaries, bodies are compressed without a dictionary")
    func none() async throws {
        try await Self.with(types: []) { compressors in
            #expect(Self.choice(compressors, #"{"type":"income"}"#) == nil)
            #expect(Self.choice(compressors, "") == nil)
        }
    }

    private static let guesses: [(String, String)] = [
        (#"{"type":"income"}"#, "income"), ("income", "income"), (#"{"type":"events"}"#, "events"),
        (#"{"type":"incom"}"#, "*"), ("", "*"), ("i", "*"), ("incomincome", "income"), ("iiincome", "income"),
        (String(repeating: " ", count: 1018) + "income", "income"),
        (String(repeating: " ", count: 1019) + "income", "*"),
    ]

    @Test(
        "the type is guessed from a type name near the start of the body; without one, the source's dictionary is used",
        arguments: guesses)
    func guess(body: String, expected: String) async throws {
        try await Self.with(types: ["*", "income", "events"]) { compressors in
            #expect(Self.choice(compressors, body) == expected)
            #expect(Self.choice(compressors, body, source: "certn") == nil)
        }
    }

    @Test("if one type name contains another, the longer name takes precedence")
    func longerName() async throws {
        let long = String(repeating: "k", count: 2000)
        let types = ["pf_checking_account_v2", "account", "pf_checking_account", long, "kkkk"]
        try await Self.with(types: types) { compressors in
            for (body, expected) in [
                ("pf_checking_account_v2", "pf_checking_account_v2"), ("pf_checking_account_v", "pf_checking_account"),
                ("an account", "account"), ("nothing", nil), ("kkk", nil), ("kkkk", "kkkk"), (long + long, "kkkk"),
            ] {
                #expect(Self.choice(compressors, body) == expected)
            }
        }
    }

    @Test("a type name is found at every position of a short body, even at its end")
    func bounds() async throws {
        try await Self.with(types: ["aab", "ba"]) { compressors in
            for length in 0...40 {
                var random = SplitMix64(seed: UInt64(length))
                let bytes = (0..<length).map { _ in [UInt8]("aab".utf8).randomElement(using: &random) ?? 0 }
                let text = String(decoding: bytes, as: UTF8.self)
                let expected = text.contains("aab") ? "aab" : text.contains("ba") ? "ba" : nil
                #expect(Self.choice(compressors, text) == expected, "\(text)")
            }
        }
    }

    @Test("a body that was compressed with the dictionary of another type is decompressed correctly")
    func wrongGuess() async throws {
        var like = LikeBodies(seed: 2)
        let body = like.next("events", note: "income")
        try await TestArchive.withWriter { writer in
            let wrong = try Self.dictionary(String(repeating: "income statement", count: 20))
            let scope = DictionaryScope(source: "klavi", type: "income")
            _ = try writer.add(wrong, for: scope, bodyCount: 1, at: .fixture)
            let compressor = writer.compressors.compressor(source: "klavi", body: body)
            #expect(compressor.dictionary == wrong)
            try await writer.commitAll([.fixture(body: .encoded(body, with: compressor))])
            let reader = try writer.reader()
            #expect(try reader.delivery(1)?.request.body == body)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("the newest dictionary of a type is used")
    func newest() async throws {
        try await TestArchive.withWriter { writer in
            let scope = DictionaryScope(source: "klavi", type: "income")
            for text in ["first", "second", "third"] {
                _ = try writer.add(Self.dictionary(text), for: scope, bodyCount: 1, at: .fixture)
                #expect(Self.choice(writer.compressors, "income") == text)
            }
        }
    }

    @Test("no dictionary is used under load, such as after one large body")
    func busy() async throws {
        try await TestArchive.withWriter { writer in
            let dictionary = try Self.dictionary("income")
            _ = try writer.add(
                dictionary, for: DictionaryScope(source: "klavi", type: nil), bodyCount: 1, at: .fixture)
            #expect(writer.compressorForArrival(source: "klavi", body: []).dictionary == dictionary)
            let large = (0..<1 << 20).map { _ in UInt8.random(in: 0 ... .max) }
            try await writer.commitAll([.fixture(body: .encoded(large, with: writer.compressors.plain))])
            #expect(writer.compressorForArrival(source: "klavi", body: []).dictionary == nil)
        }
    }

    @Test("a source has compressors for the 16 types with the newest dictionaries")
    func manyTypes() async throws {
        try await Self.with(types: (10..<30).map { "type\($0)" }) { compressors in
            for number in 10..<30 {
                #expect(Self.choice(compressors, "type\(number)") == (number < 14 ? nil : "type\(number)"))
            }
        }
    }

    @Test("a compressor whose dictionary is unchanged is kept")
    func kept() async throws {
        try await Self.with(types: ["*"]) { compressors in
            let first = compressors.compressor(source: "klavi", body: [])
            #expect(first === compressors.compressor(source: "klavi", body: []))
            let patient = compressors.patientCompressor(source: "klavi", type: "income")
            #expect(patient.dictionary == first.dictionary)
            #expect(patient === compressors.patientCompressor(source: "klavi", type: nil))
            #expect(compressors.patientCompressor(source: "certn", type: nil).dictionary == nil)
        }
    }

    @Test("a rewritten body is always compressed with the dictionary of its type")
    func patient() async throws {
        try await Self.with(types: ["*", "income", "events"]) { compressors in
            for (type, expected) in [("income", "income"), ("events", "events"), ("else", "*")] {
                let dictionary = compressors.patientCompressor(source: "klavi", type: type).dictionary
                #expect(dictionary?.bytes == Array(expected.utf8))
            }
        }
    }
}
