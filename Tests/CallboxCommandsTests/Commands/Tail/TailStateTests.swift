import Deliveries
import Foundation
import Journal
import Quarantine
import ReportIndex
import ServerTestKit
import StrictJSON
import TestKit
import Testing

@testable import CallboxCommands
@testable import Tail

@Suite("The stored position of a tail")
struct TailStateTests {
    private static let state = TailState(
        position: FeedPosition(arrival: ReportID(rawValue: 1 << 21), rejected: QuarantineID(rawValue: 3), replay: 4),
        mark: ChainMark(position: 2, chain: .digestFixture))

    /// Runs `body` with the file of an existing archive.
    private static func with(_ body: (TailStateFile, TemporaryFolder) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let archive = folder.path(of: "a.sqlite")
            try Data().write(to: URL(filePath: archive))
            let file = TailStateFile(
                for: ArchiveDirectory(path: archive), environment: ["XDG_STATE_HOME": folder.path(of: "state")])
            try body(try #require(file), folder)
        }
    }

    @Test("a state is unchanged after writing and reading, and a later state replaces it")
    func roundTrip() throws {
        try Self.with { file, _ in
            #expect(file.read() == .none)
            let fresh = TailState(position: .start, mark: nil)
            for state in [fresh, Self.state] {
                #expect(file.write(state))
                #expect(file.read() == .state(state))
            }
        }
    }

    @Test("only the owner can read the state file and its folder, and no temporary file remains")
    func modes() throws {
        try Self.with { file, folder in
            #expect(file.write(Self.state))
            func mode(_ path: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            }
            #expect(try mode(file.path) == 0o600)
            #expect(try mode(folder.path(of: "state/callbox")) == 0o700)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(of: "state/callbox"))
            #expect(names == [URL(filePath: file.path).lastPathComponent])
        }
    }

    @Test("a foreign or damaged file is not read as a state")
    func unreadable() throws {
        let text = Self.state.json.compact
        let torn = stride(from: 0, to: text.utf8.count, by: 7).map { String(text.prefix($0)) }
        let others = [
            "[]", "null", "{}", text.replacing(#""version":1"#, with: #""version":2"#),
            text.replacing("2097152", with: "-1"), text.replacing("2097152", with: #""2097152""#),
            text.replacing("2097152", with: "99999999999999999999"), text.replacing("2097152", with: "1e3"),
            text.replacing("abab", with: "ab"), text.replacing("abab", with: "zz"),
            String(repeating: "[", count: 3000), text + String(repeating: " ", count: 5000),
        ]
        try Self.with { file, _ in
            #expect(file.write(Self.state))
            for other in torn + others {
                try Data(other.utf8).write(to: URL(filePath: file.path))
                #expect(file.read() == .unreadable, "\(other.prefix(60))")
            }
        }
    }

    @Test("a symbolic link at the path is not followed when the state is read or written")
    func link() throws {
        try Self.with { file, folder in
            #expect(file.write(Self.state))
            let other = folder.path(of: "other")
            try Data(Self.state.json.compact.utf8).write(to: URL(filePath: other))
            unlink(file.path)
            #expect(symlink(other, file.path) == 0)
            #expect(file.read() == .unreadable)
            #expect(file.write(TailState(position: .start, mark: nil)))
            #expect(try String(contentsOfFile: other, encoding: .utf8) == Self.state.json.compact)
            #expect(file.read() == .state(TailState(position: .start, mark: nil)))
        }
    }

    @Test("the state file is in the folder that the environment names, or else in the home directory")
    func place() throws {
        try Self.with { _, folder in
            let archive = ArchiveDirectory(path: folder.path(of: "a.sqlite"))
            let name = "/callbox/tail-\(archive.pathDigest ?? "")"
            for (environment, expected) in [
                (["XDG_STATE_HOME": "/s", "HOME": "/h"], "/s"),
                (["XDG_STATE_HOME": "s", "HOME": "/h"], "/h/.local/state"),
                (["XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state"),
            ] {
                #expect(TailStateFile(for: archive, environment: environment)?.path == "\(expected)\(name).json")
            }
            #expect(TailStateFile(for: archive, environment: [:]) == nil)
            let missing = ArchiveDirectory(path: folder.path(of: "b.sqlite"))
            #expect(TailStateFile(for: missing, environment: ["HOME": "/h"]) == nil)
        }
    }

    @Test("a failed write of the state is reported, not thrown")
    func unwritable() throws {
        try Self.with { _, folder in
            let archive = ArchiveDirectory(path: folder.path(of: "a.sqlite"))
            let file = TailStateFile(for: archive, environment: ["XDG_STATE_HOME": folder.path(of: "a.sqlite")])
            #expect(file?.write(Self.state) == false)
        }
    }
}
