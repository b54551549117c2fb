package import Deliveries
internal import Intake
package import Logging
package import TerminalOutput

extension RequestRecord {
    /// One line for a terminal: time, status, method, path, source, milliseconds, verification.
    package func line(at moment: Timestamp, clock: DayClock = .local) -> String {
        [
            clock.parts(of: moment).time, "\(status)", request.method.padded(to: 4),
            TerminalText.escape(String(request.maskedPath.prefix(100))).padded(to: 32),
            (source ?? "-").padded(to: 12), "\(Self.milliseconds(duration)) ms".padded(to: 8),
            verification?.rawValue ?? "-",
        ].joined(separator: "  ")
    }

    /// Writes the request to the access log.
    package func log(to logger: Logger) {
        logger.info(
            "request",
            metadata: [
                "request": "\(request.id)", "peer": "\(request.peer)", "method": "\(request.method)",
                "path": "\(String(request.maskedPath.prefix(200)))", "source": "\(source ?? "-")",
                "status": "\(status)",
                "ms": "\(Self.milliseconds(duration))", "verification": "\(verification?.rawValue ?? "-")",
            ])
    }

    /// The duration in milliseconds, with one decimal place if it is below ten.
    private static func milliseconds(_ duration: Duration) -> String {
        let tenths = max(0, duration / .microseconds(100))
        return tenths < 100 ? "\(Int(tenths) / 10).\(Int(tenths) % 10)" : "\(Int(min(tenths, 1e9)) / 10)"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
