import CSystemZlib
import Foundation

/// Facts about the machine on which the measurements run.
struct MachineFacts {
    let folder: URL

    var lines: [String] {
        var system = utsname()
        uname(&system)
        let memory = ProcessInfo.processInfo.physicalMemory >> 30
        return [
            "- machine: \(processor), \(ProcessInfo.processInfo.activeProcessorCount) cores, \(memory) GiB; "
                + "\(Self.text(&system.sysname)) \(Self.text(&system.release)), \(fileSystem)",
            "- versions: Swift \(swift), SQLite \((try? ArchiveProbe.sqliteVersion()) ?? "unknown"), "
                + "zlib \(String(cString: zlibVersion()))",
            "- date: \(Date.now.formatted(.iso8601.year().month().day()))",
        ]
    }

    private var processor: String {
        let info = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let model = info?.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }

    private var swift: String {
        guard let program = Tool.find("swift"), let text = try? Tool.check(program, ["--version"]).output,
            let range = text.range(of: "Swift version ")
        else { return "unknown" }
        return String(text[range.upperBound...].prefix { $0 != " " && $0 != "\n" })
    }

    private var fileSystem: String {
        guard let program = Tool.find("stat"),
            let text = try? Tool.check(program, ["-f", "-c", "%T", folder.path()]).output
        else { return "file system unknown" }
        return "file system " + text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Returns the text of a field of `utsname`. A zero byte ends the text.
    private static func text(_ field: inout some Any) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
