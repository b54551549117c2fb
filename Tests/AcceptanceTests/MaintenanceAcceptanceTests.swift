import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Maintenance of an archive", .programs)
struct MaintenanceAcceptanceTests {
    /// A source that accepts hundreds of generated bodies. Some of the bodies have a retention time of zero.
    private static let configuration = """
        sources:
          shop:
            provider: generic
            verify: none
            type: $.type
            id: $.id
            fields: [$.customer]
            keep: 1ms
            keep-metadata: 100y
            routes:
              order: orders
              gone:
                topic: gone
                keep: 1ms
                keep-metadata: 1ms
              kept:
                topic: kept
                keep: 100y
        """

    /// A workbench whose configuration has no retention settings.
    private static func bench() throws -> Workbench {
        let lines = configuration.split(separator: "\n").filter { !$0.contains("keep") }
        return try Workbench(lines.joined(separator: "\n"))
    }

    /// Adds retention settings to the configuration.
    private static func configureRetention(_ bench: Workbench) throws {
        _ = try bench.file("callbox.yaml", configuration)
    }

    private static func body(_ type: String, _ number: Int, customer: String = "nobody") -> String {
        let lines = (0..<5).map { #"{"articleNumber":"A-\#(number * 7 + $0)","quantity":1,"currency":"BRL"}"# }
        return """
            {"type":"\(type)","id":"\(type)-\(number)","customer":"\(customer)","shippingAddress":{"country":"BR"},\
            "orderLines":[\(lines.joined(separator: ","))]}
            """
    }

    /// Posts bodies one after another. Returns when all are acknowledged.
    private static func post(_ bodies: [String], to server: RunningServer) throws {
        let client = try LoopbackHTTP(port: server.port)
        for body in bodies { #expect(try client.post("/shop", body: Array(body.utf8)).status == 200) }
    }

    @Test("a compaction makes the archive smaller, and all bodies match their checksums", arguments: [true, false])
    func compact(isServing: Bool) throws {
        let bench = try Self.bench()
        let server = try bench.serve()
        try Self.post((0..<120).map { Self.body("order", $0) }, to: server)
        if !isServing { #expect(try server.stop() == 0) }
        let before = try bench.callbox("archive", "info", "--totals")
        let plain = try bench.callbox("archive", "compact", "--no-train", "--from-start")
        #expect(plain.status == 0, "\(plain.error)")
        #expect(plain.lines.first == "no dictionaries trained, 0 deleted")
        let compacted = try bench.callbox("archive", "compact", "--from-start")
        #expect(compacted.status == 0, "\(compacted.error)")
        #expect(compacted.lines.first?.hasPrefix("0 dictionaries trained") == false, "\(compacted.text)")
        #expect(compacted.lines.dropFirst().first?.hasPrefix("120 of 120 bodies rewritten") == true)
        let again = try bench.callbox("archive", "compact", "--from-start")
        #expect(again.lines.dropFirst().first?.hasPrefix("0 of 120 bodies rewritten") == true, "\(again.text)")
        let after = try bench.callbox("archive", "info", "--totals")
        let stored = try [before, after].map { result in
            try JSONDocument(parsing: result.output).root["totals"]?["storedBytes"]?.scalarText.flatMap { Int($0) }
                ?? 0
        }
        #expect(stored[1] < stored[0] * 3 / 4)
        let checked = try bench.callbox("archive", "verify")
        #expect(checked.status == 0)
        #expect(checked.text.contains("all match their checksums"))
        let shown = try bench.callbox("show", "7", "--body")
        #expect(shown.text == Self.body("order", 6))
        if isServing {
            // A running server uses a new dictionary at once.
            try Self.post([Self.body("order", 500)], to: server)
            #expect(
                try bench.callbox("show", "121", "--body").text
                    == Self.body("order", 500))
            #expect(try server.stop() == 0)
        }
    }

    /// The output of a dry run, without the sizes.
    private static func dryRun(_ bench: Workbench) throws -> [String] {
        let result = try bench.callbox("archive", "prune", "--dry-run", "--format", "ndjson")
        #expect(result.status == 0, "\(result.error)")
        return try result.lines.map { line in
            let root = try JSONDocument(parsing: Array(line.utf8)).root
            return "\(root["id"]?.scalarText ?? "") \(root["takes"]?.string ?? "")"
        }
    }

    @Test("a prune on a running server removes what the dry run lists, except held bodies, and loses no new delivery")
    func prune() async throws {
        let bench = try Self.bench()
        let server = try bench.serve()
        try Self.post(
            [
                Self.body("order", 1, customer: "ana"), Self.body("gone", 2), Self.body("kept", 3),
                Self.body("gone", 4, customer: "ana"), Self.body("order", 5), Self.body("gone", 6),
            ], to: server)
        try Self.configureRetention(bench)
        try server.reload()
        #expect(
            try Self.dryRun(bench)
                == ["1 body", "2 everything", "4 everything", "5 body", "6 everything"])
        let placed = try bench.callbox("hold", "add", "--field", "customer=ana", "--reason", "claim 7")
        // The record of the changed settings may be before or after the hold.
        #expect(placed.text.wholeMatch(of: /hold [78] added: customer=ana\n/) != nil, "\(placed.text)\(placed.error)")
        let expected = ["2 everything", "5 body", "6 everything"]
        #expect(try Self.dryRun(bench) == expected)
        // Other deliveries arrive during the prune. The bodies of these deliveries are kept for a hundred years.
        let load = (0..<40).map { Self.body("kept", 100 + $0) }
        async let posted: Void = Self.post(load, to: server)
        let pruned = try bench.callbox("archive", "prune", "--yes")
        #expect(pruned.status == 0, "\(pruned.error)")
        #expect(pruned.text.hasPrefix("pruned 1 body and 2 whole deliveries"), "\(pruned.text)")
        try await posted
        #expect(try Self.dryRun(bench) == [])
        let checked = try bench.callbox("archive", "verify")
        #expect(checked.status == 0, "\(checked.text)")
        #expect(checked.text.hasPrefix("44 deliveries"))
        #expect(try server.stop() == 0)
        let types = try bench.callbox("list", "--all", "--type", "kept", "--format", "ndjson")
        #expect(types.lines.count == 41)
    }

    @Test("a pruned delivery is still found, and every command reports that its body was pruned")
    func prunedDelivery() throws {
        let bench = try Self.bench()
        let server = try bench.serve()
        try Self.post([Self.body("order", 1, customer: "ana"), Self.body("gone", 2)], to: server)
        #expect(try server.stop() == 0)
        try Self.configureRetention(bench)
        #expect(try bench.callbox("archive", "prune", "--yes").status == 0)
        let listed = try bench.callbox("list", "--field", "customer=ana", "--format", "ndjson")
        let report = try JSONDocument(parsing: Array(try #require(listed.lines.first).utf8)).root
        #expect(report["id"]?.scalarText == "1")
        #expect(report["bodyPruned"]?.boolean == true)
        #expect(report["bodySHA256"]?.kind == .null)
        let sentence = "callbox: the body of delivery 1 was pruned: older than 'keep: 1ms' of the source\n"
        for arguments in [
            ["show", "1", "--body"], ["show", "1", "--part", "1"],
            ["replay", "1", "--to", "http://127.0.0.1:9/"],
            ["replay", "1", "--to", "http://127.0.0.1:9/", "--dry-run"],
        ] {
            let result = try bench.callbox(arguments)
            #expect(result.status == 1, "\(arguments)")
            #expect(result.error.hasPrefix(sentence), "\(arguments): \(result.error)")
            #expect(result.text == "")
        }
        // `show` still shows the delivery, without its body.
        let shown = try bench.callbox("show", "1")
        #expect(shown.status == 0)
        let kept = try JSONDocument(parsing: shown.output).root
        #expect(kept["bodyPruned"]?.boolean == true)
        #expect(kept["pruningReason"]?.string == "older than 'keep: 1ms' of the source")
        #expect(kept["reports"]?.elements.map { $0["ordinal"]?.rawText } == ["1"])
        let explained = try bench.callbox("show", "1", "--why")
        #expect(explained.status == 0)
        #expect(explained.text.contains("Today: not checked, because the body was pruned at "))
        for (arguments, message) in [
            (["show", "2", "--why"], "delivery 2 was removed; entry "),
            (["timeline", "8796093022207"], "there is no delivery 8796093022207 in this archive"),
        ] {
            let result = try bench.callbox(arguments)
            #expect(result.status == 1 && result.error.hasPrefix("callbox: \(message)"), "\(result.error)")
        }
    }

    @Test("without retention settings, a prune fails and names this reason")
    func nothingConfigured() throws {
        let bench = try Workbench()
        #expect(try bench.serve().stop() == 0)
        let result = try bench.callbox("archive", "prune", "--yes")
        #expect(result.status == 78)
        #expect(result.error.contains("no source has a retention limit"))
    }

    @Test("a backup of a running server can be restored to a new folder and used there")
    func backup() async throws {
        let bench = try Self.bench()
        let server = try bench.serve()
        try Self.post((0..<20).map { Self.body("kept", $0) }, to: server)
        let load = (0..<60).map { Self.body("kept", 100 + $0) }
        async let posted: Void = Self.post(load, to: server)
        let copy = bench.folder.appending(path: "copy.sqlite").path()
        let backedUp = try bench.callbox("archive", "backup", copy)
        #expect(backedUp.status == 0, "\(backedUp.error)")
        try await posted
        #expect(try server.stop() == 0)
        let again = try bench.callbox("archive", "backup", copy)
        #expect(again.status == 73)
        #expect(again.error.contains("the file \(copy) already exists"))

        let place = bench.folder.appending(path: "new/archive").path()
        func restored(_ arguments: String...) throws -> BuiltBinary.Result {
            try BuiltBinary.run("callbox", arguments + ["--config", bench.configuration, "--archive", place])
        }
        let result = try restored("archive", "restore", copy)
        #expect(result.status == 0, "\(result.error)")
        let count = try restored("list", "--all", "--format", "ndjson").lines.count
        #expect((20...80).contains(count))
        #expect(try restored("archive", "verify").text.hasPrefix("\(count) deliveries"))
        let rejected = try restored("archive", "restore", copy)
        #expect(rejected.status == 73)
        #expect(rejected.error.contains("\(place) already has an archive"))
        let next = try RunningServer(
            "callbox",
            ["serve", "--listen", "127.0.0.1:0", "--config", bench.configuration, "--archive", place])
        try Self.post([Self.body("kept", 999)], to: next)
        #expect(try next.stop() == 0)
        #expect(try restored("archive", "verify").text.hasPrefix("\(count + 1) deliveries"))
    }

    @Test("a restore rejects an unreadable backup and writes nothing")
    func damagedBackup() throws {
        let bench = try Workbench()
        let junk = try bench.file("junk.sqlite", String(repeating: "junk", count: 2000))
        let missing = try bench.callbox("archive", "restore", junk + ".none")
        #expect(missing.status == 66)
        #expect(missing.error.hasPrefix("callbox: there is no backup at "), "\(missing.error)")
        let result = try bench.callbox("archive", "restore", junk)
        #expect(result.status == 65)
        #expect(result.error.contains("is not a Callbox archive"))
        #expect(!FileManager.default.fileExists(atPath: bench.archive))
    }

    @Test("every command rejects a file of a newer version, of another program, or of an unknown format")
    func rejectedFiles() throws {
        let bench = try Workbench()
        #expect(try bench.serve().stop() == 0)
        var newer = try Data(contentsOf: URL(filePath: bench.journal))
        // The bytes of `user_version` in the header of a closed file (sqlite.org/fileformat2.html §1.3).
        newer.replaceSubrange(60..<64, with: [0, 0, 0, 99])
        var foreign = newer
        // The bytes of `application_id`.
        foreign.replaceSubrange(68..<72, with: [0, 0, 0, 7])
        let files: [(Data, String)] = [
            (newer, "has format 99, which this version of Callbox does not read"),
            (foreign, "is not a Callbox archive"),
            (Data(repeating: 0x61, count: 9000), "is not a Callbox archive"),
        ]
        for (data, sentence) in files {
            try data.write(to: URL(filePath: bench.journal))
            for arguments in [
                ["list"], ["show", "1"], ["archive", "info"], ["archive", "verify"], ["archive", "info", "--totals"],
            ] {
                let result = try bench.callbox(arguments)
                #expect(result.status == 65, "\(arguments)")
                #expect(result.error.hasPrefix("callbox: \(bench.journal) \(sentence)\n"), "\(result.error)")
            }
            let served = try bench.callbox("serve", "--listen", "127.0.0.1:0")
            #expect(served.status == 65)
            #expect(served.error.contains(sentence))
            #expect(try Data(contentsOf: URL(filePath: bench.journal)) == data)
        }
    }

    @Test("verification with a saved chain hash succeeds, or names the changed entry")
    func tampering() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(to: server).status == 0)
        #expect(try server.stop() == 0)
        let line = try #require(try bench.callbox("archive", "verify").lines.last)
        #expect(line.hasPrefix("chain ends at "))
        let mark = String(line.dropFirst("chain ends at ".count))
        #expect(try bench.callbox("archive", "verify", "--against", mark).status == 0)
        let id = try #require(mark.split(separator: ":").first)
        let other = "\(id):" + String(repeating: "0", count: 64)
        let wrong = try bench.callbox("archive", "verify", "--against", other)
        #expect(wrong.status == 65)
        #expect(wrong.text.contains("its hash differs from the mark"))
        #expect(try bench.callbox("archive", "verify", "--against", "nonsense").status == 64)

        // Disables the trigger that protects entries, and changes an entry.
        let sql = """
            import sqlite3, sys
            archive = sqlite3.connect(sys.argv[1])
            trigger = "entryIsNeverChanged"
            sql, = archive.execute("SELECT sql FROM sqlite_master WHERE name = ?", (trigger,)).fetchone()
            archive.execute("DROP TRIGGER " + trigger)
            archive.execute("UPDATE entry SET recordedAtMilliseconds = recordedAtMilliseconds + 1 WHERE position = 2")
            archive.execute(sql)
            archive.commit()
            """
        let python = URL(filePath: try #require(Python.path))
        #expect(try ChildProcess.run(python, ["-c", sql, bench.journal]).status == 0)
        let tampered = try bench.callbox("archive", "verify", "--against", mark)
        #expect(tampered.status == 65)
        #expect(tampered.text.contains("entry 2: the chain breaks here"))
    }
}
