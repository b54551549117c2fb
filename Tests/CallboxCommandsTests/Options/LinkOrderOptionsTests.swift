import ArgumentParser
import Deliveries
import Foundation
import Journal
import ProviderClients
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Flags that every order of a link takes")
struct LinkOrderOptionsTests {
    @Test("without --expect the order's own expectations hold; with it only what it says")
    func expectations() throws {
        #expect(
            try LinkOrderOptions.parse([]).expectations(or: ["a", "b:c=d"])
                == [LinkExpectation("a"), LinkExpectation("b", field: ReportField("c", "d"))])
        #expect(try LinkOrderOptions.parse([]).expectations(or: []).isEmpty)
        #expect(
            try LinkOrderOptions.parse(["--expect", "x", "--expect", "y:f=", "--expect", "z:f=a=b:c"])
                .expectations(or: ["a"])
                == [
                    LinkExpectation("x"), LinkExpectation("y", field: ReportField("f", "")),
                    LinkExpectation("z", field: ReportField("f", "a=b:c")),
                ])
    }

    @Test("what is no expectation is rejected", arguments: ["", ":f=v", "k:", "k:f", "k:=v"])
    func rejected(text: String) throws {
        let options = try LinkOrderOptions.parse(["--expect", text])
        #expect(
            throws: CommandFailure(
                .usage, "--expect does not understand '\(text)'",
                advice: "Write a type, such as pf_checking_account, or applicant:report_status=COMPLETE.")
        ) { try options.expectations(or: []) }
    }

    @Test("a rejected expectation is harmless on a terminal")
    func hostile() throws {
        let options = try LinkOrderOptions.parse(["--expect", ":" + HostileText.sample])
        let failure = #expect(throws: CommandFailure.self) { try options.expectations(or: []) }
        HostileText.expectHarmless(failure?.description ?? "", layout: ["\n"])
    }
}

@Suite("What a customer gives along")
struct ExternalInfoOptionsTests {
    private static func options(_ arguments: String...) throws -> ExternalInfoOptions {
        try ExternalInfoOptions.parse(arguments)
    }

    @Test("pairs become an object in their order, values are texts")
    func pairs() throws {
        let object = try Self.options("--external", "b=1", "--external", "a.c=x=\"y\"", "--external", "e=").json()
        #expect(object?.text == #"{"b":"1","a.c":"x=\"y\"","e":""}"#)
        #expect(try Self.options().json() == nil)
    }

    @Test("a file is taken as it is written")
    func file() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "info.json")
            try "{ \"a\" : [1,\n 2] }".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try Self.options("--external-file", path).json()?.text == "{ \"a\" : [1,\n 2] }")
        }
    }

    @Test("a file that holds no object is rejected", arguments: ["[1]", "\"a\"", "{", "", "{\"a\":1}{}"])
    func noObject(text: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "info.json")
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let failure = #expect(throws: CommandFailure.self) { try Self.options("--external-file", path).json() }
            #expect(failure?.status == .usage)
            #expect(failure?.message.hasPrefix("--external-file is ") == true)
        }
    }

    @Test("pairs and a file, a pair without a name, and a name twice are rejected")
    func rejected() throws {
        #expect(
            throws: CommandFailure(
                .usage, "--external and --external-file exclude each other", advice: "Take out one of them.")
        ) { try Self.options("--external", "a=1", "--external-file", "f").json() }
        #expect(
            throws: CommandFailure(.usage, "--external gives 'a' twice", advice: "Take out one of them.")
        ) { try Self.options("--external", "a=1", "--external", "a=2").json() }
        for pair in ["a", "=1"] {
            let failure = #expect(throws: CommandFailure.self) { try Self.options("--external", pair).json() }
            #expect(failure?.status == .usage)
            #expect(failure?.message.hasPrefix("--external needs a name and a value") == true)
        }
    }

    @Test("a message names the flag that was meant")
    func otherFlags() throws {
        let pair = #expect(throws: CommandFailure.self) {
            try Self.options("--external", "a").json("--claim", "--claims-file")
        }
        #expect(pair?.message == "--claim needs a name and a value, such as --claim name=value")
        #expect(pair?.advice == "See 'callbox links create --help'.")
        let both = #expect(throws: CommandFailure.self) {
            try Self.options("--external", "a=1", "--external-file", "f").json("--claim", "--claims-file")
        }
        #expect(both?.message == "--claim and --claims-file exclude each other")
    }

    @Test("reports are found by the leaves of what was given")
    func keys() throws {
        let object = try ExternalInfoOptions.object(#"{"a":"1","b":{"c":2}}"#, "--x")
        #expect(
            ExternalInfoOptions.keys(object) == [
                ReportField("externalInfo.a", "1"), ReportField("externalInfo.b.c", "2"),
            ])
        #expect(ExternalInfoOptions.keys(nil).isEmpty)
    }
}
