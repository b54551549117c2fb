import ArchiveTestKit
import BodyCompression
import Deliveries
import Foundation
import GRDB
import Synchronization
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite struct DictionaryTrainingTests {
    private static let klavi = DictionaryScope(source: "klavi", type: nil)
    private static let income = DictionaryScope(source: "klavi", type: "income")

    private static func deliveries(
        _ count: Int, source: String = "klavi", type: String = "income", seed: UInt64 = 5
    ) -> [EncodedDelivery] {
        var like = LikeBodies(seed: seed)
        return (0..<count).map { index in
            MaintenanceArchive.delivery(source: source, type: type, key: "\(index)", body: .encoded(like.next(type)))
        }
    }

    private static func dictionaries(_ reader: ArchiveReader) throws -> [String] {
        try reader.strings(
            "SELECT source || ' ' || coalesce(type, '*') FROM dictionary WHERE source IS NOT NULL ORDER BY id")
    }

    @Test("a dictionary is kept if it also shrinks bodies that were not used for training")
    func kept() async throws {
        try await MaintenanceArchive.with(Self.deliveries(80)) { archive, reader in
            let proposal = try archive.train(Self.klavi)
            let trial = try #require(proposal.trial)
            #expect(proposal.bodyCount == 80)
            #expect(trial.candidateByteCount < trial.currentByteCount)
            #expect(trial.currentByteCount == trial.plainByteCount)
            #expect(try Self.dictionaries(reader) == ["klavi *"])
            #expect(try DictionaryTraining(reader).current(Self.klavi) == proposal.dictionary)
        }
    }

    @Test("a dictionary that is not better than the current one is not kept")
    func notBetter() async throws {
        try await MaintenanceArchive.with(Self.deliveries(80)) { archive, reader in
            try archive.train(Self.klavi)
            let again = try archive.train(Self.klavi)
            #expect(again.trial != nil)
            #expect(again.dictionary == nil)
            #expect(try Self.dictionaries(reader) == ["klavi *"])
        }
    }

    @Test("no dictionary is kept for bodies that have nothing in common")
    func nothingInCommon() async throws {
        var random = SplitMix64(seed: 1)
        let deliveries = (0..<80).map { index in
            MaintenanceArchive.delivery(key: "\(index)", body: .raw(random.bytes(200)))
        }
        try await MaintenanceArchive.with(deliveries) { archive, reader in
            let proposal = try archive.train(Self.klavi)
            #expect(proposal.trial == nil)
            #expect(proposal.dictionary == nil)
            #expect(try Self.dictionaries(reader) == [])
        }
    }

    @Test("a dictionary is trained for each scope that has enough bodies, first for a source and then for its types")
    func scopes() async throws {
        let deliveries =
            Self.deliveries(64) + Self.deliveries(63, type: "events") + Self.deliveries(40, source: "certn", type: "a")
            + Self.deliveries(40, source: "certn", type: "b")
        try await MaintenanceArchive.with(deliveries) { _, reader throws in
            let training = DictionaryTraining(reader)
            #expect(try training.scopes() == [DictionaryScope(source: "certn", type: nil), Self.klavi, Self.income])
            #expect(try training.scopes(withAtLeast: 128) == [])
            #expect(try training.scopes(withAtLeast: 127) == [Self.klavi])
        }
    }

    @Test("a new body uses the dictionary of its type, or else the dictionary of its source, or else no dictionary")
    func choice() async throws {
        let deliveries = Self.deliveries(80) + Self.deliveries(80, type: "events", seed: 6)
        try await MaintenanceArchive.with(deliveries) { archive, _ in
            let ofSource = try #require(try archive.train(Self.klavi).dictionary)
            var like = LikeBodies(seed: 9)
            #expect(
                archive.writer.compressors.compressor(source: "klavi", body: like.next("income")).dictionary == ofSource
            )
            let scope = DictionaryScope(source: "klavi", type: "events")
            let bytes = Array("\"eventType\":\"events\",\"linkId\":\"".utf8)
            let ofType = try #require(PresetDictionary(bytes))
            #expect(try archive.writer.add(ofType, for: scope, bodyCount: 80, at: MaintenanceArchive.now))
            #expect(
                archive.writer.compressors.compressor(source: "klavi", body: like.next("events")).dictionary == ofType)
            #expect(
                archive.writer.compressors.compressor(source: "klavi", body: like.next("income")).dictionary == ofSource
            )
            #expect(archive.writer.compressors.compressor(source: "certn", body: like.next("events")).dictionary == nil)
        }
    }

    @Test("the current dictionary of a type is its own dictionary, or else the dictionary of its source")
    func current() async throws {
        try await IndexArchive.with { archive in
            let training = DictionaryTraining(try archive.reader())
            #expect(try training.current(Self.income) == nil)
            let common = try #require(PresetDictionary(Array("common".utf8)))
            let own = try #require(PresetDictionary(Array("own".utf8)))
            #expect(try archive.writer.add(common, for: Self.klavi, bodyCount: 1, at: MaintenanceArchive.now))
            #expect(try training.current(Self.income) == common)
            #expect(try archive.writer.add(own, for: Self.income, bodyCount: 1, at: MaintenanceArchive.now))
            #expect(try training.current(Self.income) == own)
            #expect(try training.current(Self.klavi) == common)
            #expect(try training.current(DictionaryScope(source: "certn", type: nil)) == nil)
        }
    }

    @Test("the same dictionary is not added twice, even for another scope")
    func sameChecksum() async throws {
        try await IndexArchive.with { archive in
            let dictionary = try #require(PresetDictionary(Array("common".utf8)))
            #expect(try archive.writer.add(dictionary, for: Self.klavi, bodyCount: 1, at: MaintenanceArchive.now))
            #expect(
                try archive.writer.add(dictionary, for: Self.income, bodyCount: 1, at: MaintenanceArchive.now) == false)
            #expect(try Self.dictionaries(archive.reader()) == ["klavi *"])
        }
    }

    @Test("a dictionary contains no text that occurs in fewer than four bodies, even if these bodies arrived often")
    func privacy() async throws {
        var like = LikeBodies(seed: 8)
        let secret = "Maria das Gracas 123.456.789-09"
        var deliveries = (0..<97).map { index in
            MaintenanceArchive.delivery(key: "\(index)", body: .encoded(like.next("income")))
        }
        for person in 0..<3 {
            let body = EncodedBody.encoded(like.next("income", note: secret))
            // Each body arrives ten times, as reports of two types and with repeats.
            for number in 0..<10 {
                deliveries.insert(
                    MaintenanceArchive.delivery(
                        type: number % 2 == 0 ? "income" : "free", key: "p\(person) \(number / 6)", body: body),
                    at: person * 30 + number)
            }
        }
        try await MaintenanceArchive.with(deliveries) { archive, _ in
            for scope in [Self.klavi, Self.income] {
                let training = DictionaryTraining(try archive.reader())
                let dictionary = try #require(try training.propose(scope, current: nil).dictionary)
                let bytes = Array(secret.utf8)
                for start in 0...(bytes.count - 8) {
                    #expect(!dictionary.bytes.contains(bytes[start..<start + 8]), "eight bytes at \(start)")
                }
                #expect(dictionary.bytes.contains(Array("TRANSFER_RECEIVED_".utf8)))
            }
        }
    }

    @Test(
        "a new body contains its dictionary's checksum; the reader, indexer and verification decompress the body")
    func everyPath() async throws {
        try await MaintenanceArchive.with(Self.deliveries(80)) { archive, reader in
            let dictionary = try #require(try archive.train(Self.klavi).dictionary)
            var like = LikeBodies(seed: 10)
            let body = like.next("income")
            let encoded = EncodedBody.encoded(
                body, with: archive.writer.compressors.compressor(source: "klavi", body: body))
            #expect(encoded.encoding == .zlib)
            // RFC 1950 §2.2: the header contains the FDICT bit and then DICTID, most significant byte first.
            #expect(encoded.storedBytes[1] & 0x20 != 0)
            #expect(encoded.storedBytes[2..<6].reduce(0) { $0 << 8 | UInt32($1) } == dictionary.checksum)
            try await archive.commitTogether([MaintenanceArchive.delivery(key: "new", body: encoded)])
            // This reader was opened before the dictionary existed.
            #expect(try reader.delivery(DeliveryID(rawValue: 81))?.request.body == body)
            let seen = Mutex<[UInt8]>([])
            try archive.index(
                ReportParser { delivery in
                    seen.withLock { $0 = delivery.request.body }
                    return MaintenanceArchive.parser.parse(delivery)
                } route: { _, _ in
                    nil
                })
            #expect(seen.withLock { $0 } == body)
            let check = try archive.verify()
            #expect(check.findings == [])
            #expect(check.deliveryCount == 81)
        }
    }

    @Test("a dictionary is used after the archive was reopened")
    func restart() async throws {
        try await TestArchive.withDirectory { directory in
            let dictionary = try await IndexArchive.with(at: directory) { archive in
                try await archive.commitTogether(Self.deliveries(80))
                try archive.index(MaintenanceArchive.parser)
                return try archive.train(Self.klavi).dictionary
            }
            try await IndexArchive.with(at: directory) { archive in
                var like = LikeBodies(seed: 11)
                let compressor = archive.writer.compressors.compressor(source: "klavi", body: like.next("income"))
                #expect(compressor.dictionary == dictionary)
                #expect(dictionary != nil)
            }
        }
    }

    @Test("a body whose dictionary is not in the archive is rejected")
    func missingDictionary() async throws {
        let dictionary = try #require(PresetDictionary(Array(repeating: 0x61, count: 100)))
        let text = [UInt8](repeating: 0x61, count: 100)
        let encoded = EncodedBody.encoded(text, with: ZlibCompressor(dictionary: dictionary))
        try await IndexArchive.with { archive in
            #expect(await archive.writer.outcome(of: .fixture(body: encoded)).rejection != nil)
            #expect(await archive.writer.outcome(of: .fixture(body: .raw(text))).id == 1)
        }
    }

    @Test(
        "Python's zlib decompresses a body with a dictionary as storage/README.md describes")
    func python() async throws {
        let path = try #require(
            ["/usr/bin/python3", "/usr/local/bin/python3"].first { FileManager.default.isExecutableFile(atPath: $0) })
        try await TestArchive.withDirectory { directory in
            try await IndexArchive.with(at: directory) { archive in
                try await archive.commitTogether(Self.deliveries(80))
                try archive.index(MaintenanceArchive.parser)
                try archive.train(Self.klavi)
                _ = try archive.compact()
            }
            let code = """
                import hashlib, sqlite3, sys, zlib
                archive = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
                known = dict(archive.execute("SELECT checksum, bytes FROM dictionary"))
                for digest, stored in archive.execute("SELECT bodySHA256, body FROM entry"):
                    assert stored[1] & 0x20
                    opener = zlib.decompressobj(zdict=known[int.from_bytes(stored[2:6], "big")])
                    assert hashlib.sha256(opener.decompress(stored)).digest() == digest
                    print("ok")
                """
            let process = Process()
            process.executableURL = URL(filePath: path)
            process.arguments = ["-c", code, directory.journal.path]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(text == String(repeating: "ok\n", count: 80))
        }
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: some Collection<UInt8>) -> Bool {
        let part = Array(part)
        return count >= part.count
            && (0...(count - part.count)).contains { self[$0..<$0 + part.count].elementsEqual(part) }
    }
}
