internal import Foundation
internal import HTTPListener
internal import Journal
internal import ReportIndex

/// Findings about the running server and its resource limits.
enum ServerFindings {
    struct Limits: Equatable {
        /// The hard limit of open files; nil if it is unlimited. A server raises its soft limit to the hard limit.
        let openFiles: UInt64?
        let coreBytes: UInt64?

        /// Parses the limits in /proc/PID/limits (proc_pid_limits(5)). Nil if a line is missing.
        init?(_ text: String) {
            func value(_ name: String, column: Int) -> UInt64?? {
                guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
                let words = line.dropFirst(name.count).split(separator: " ")
                guard words.count > column else { return nil }
                let word = words[column]
                return word == "unlimited" ? .some(nil) : UInt64(word).map { .some($0) }
            }
            guard let openFiles = value("Max open files", column: 1),
                let coreBytes = value("Max core file size", column: 0)
            else { return nil }
            self.openFiles = openFiles
            self.coreBytes = coreBytes
        }
    }

    /// The ID of the process that last took the lock. It may have ended.
    static func lockHolder(_ directory: ArchiveDirectory) -> Int32? {
        guard let data = FileManager.default.contents(atPath: directory.lockPath), data.count <= 16 else { return nil }
        return Int32(String(decoding: data, as: UTF8.self).prefix { $0 != "\n" })
    }

    static func limits(of processID: Int32?) -> Limits? {
        let path = "/proc/\(processID.map { "\($0)" } ?? "self")/limits"
        return FileManager.default.contents(atPath: path).flatMap { Limits(String(decoding: $0, as: UTF8.self)) }
    }

    static func server(isResponding: Bool, holder: Int32?) -> Finding {
        guard !isResponding else {
            return .fine("server", "running" + (holder.map { " (process \($0))" } ?? ""))
        }
        return .warning(
            "server", "not running; no deliveries are received", advice: "Start it with 'callbox serve'.")
    }

    /// - Parameter whose: the owner of the limits, such as `the server`.
    static func findings(_ limits: Limits?, whose: String, connectionCount: Int) -> [Finding] {
        guard let limits else { return [.fine("limits", "the limits of \(whose) are unknown")] }
        var findings: [Finding] = []
        let fitting = DescriptorLimit.connectionCount(
            wanted: connectionCount, descriptorCount: Int(clamping: limits.openFiles ?? .max))
        let files = "\(whose) can open \(limits.openFiles.map { "\($0)" } ?? "any number of") files"
        if fitting < connectionCount {
            let needed = DescriptorLimit.descriptorCount(for: connectionCount)
            findings.append(
                .warning(
                    "limits", "\(files), enough for only \(fitting) of \(connectionCount) connections",
                    advice: "Set ulimit -n \(needed) or LimitNOFILE=\(needed), or lower limits.connections."))
        } else {
            findings.append(.fine("limits", "\(files), enough for \(connectionCount) connections"))
        }
        if limits.coreBytes != 0 {
            findings.append(
                .warning(
                    "core dumps", "enabled for \(whose); 'callbox serve' disables them for its own process",
                    advice: "Set ulimit -c 0, or LimitCORE=0 in the unit, for other commands."))
        } else {
            findings.append(.fine("core dumps", "off"))
        }
        return findings
    }
}
