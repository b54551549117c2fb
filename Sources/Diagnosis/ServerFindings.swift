internal import Foundation
internal import Journal
internal import ReportIndex

/// Whether a server has the archive, and what the system lets it do.
enum ServerFindings {
    /// What a process may do.
    struct Limits: Equatable {
        /// Nil for as many as it likes.
        let openFiles: UInt64?
        let coreBytes: UInt64?

        /// From /proc/PID/limits, the soft ones (proc_pid_limits(5)); nil where a line is missing.
        init?(_ text: String) {
            func value(_ name: String) -> UInt64?? {
                guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
                    let word = line.dropFirst(name.count).split(separator: " ").first
                else { return nil }
                return word == "unlimited" ? .some(nil) : UInt64(word).map { .some($0) }
            }
            guard let openFiles = value("Max open files"), let coreBytes = value("Max core file size") else {
                return nil
            }
            self.openFiles = openFiles
            self.coreBytes = coreBytes
        }
    }

    /// The process that last took the lock; the number outlives it.
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
            return .fine("server", "runs" + (holder.map { " as process \($0)" } ?? "") + " and answers on its socket")
        }
        return .warning(
            "server", "none has this archive: nothing is received", advice: "Start it with 'callbox serve'.")
    }

    /// - Parameter whose: whose limits these are, such as `the server`.
    static func findings(_ limits: Limits?, whose: String, connectionCount: Int) -> [Finding] {
        guard let limits else { return [.fine("limits", "the system does not tell the limits of \(whose)")] }
        // Beside the connections: the archive, its log, sockets, secrets.
        let wanted = UInt64(max(0, connectionCount)) + 64
        var findings: [Finding] = []
        if let openFiles = limits.openFiles, openFiles < wanted {
            findings.append(
                .warning(
                    "limits",
                    "\(whose) may have \(openFiles) files open, and \(connectionCount) connections are allowed",
                    advice: "Raise it (ulimit -n \(wanted), LimitNOFILE=\(wanted)) or lower limits.connections."))
        } else {
            findings.append(
                .fine("limits", "\(whose) may have \(limits.openFiles.map { "\($0)" } ?? "any number of") files open"))
        }
        if limits.coreBytes != 0 {
            findings.append(
                .warning(
                    "core dumps", "\(whose) may leave one, with bodies and secrets in it",
                    advice: "Turn them off: ulimit -c 0, or LimitCORE=0 in the unit."))
        } else {
            findings.append(.fine("core dumps", "off"))
        }
        return findings
    }
}
