/// Limits for the indexed data of one delivery. The limits protect the memory, because a sender chooses the number of
/// reports and values in a body. Known genuine deliveries are far below these limits.
struct DeliveryLimits {
    var reportCount = 10_000
    /// The maximum number of fields of one report.
    var reportFieldCount = 256
    /// The maximum number of fields of all reports.
    var fieldCount = 50_000
    /// The maximum total size in bytes of all field names, field values and stored externalInfos.
    var byteCount = 8 * 1024 * 1024
    /// The maximum size in bytes of a name or value. Longer values are not indexed, so only searches over bodies find
    /// them.
    var valueByteCount = 1024
    /// The maximum size in bytes of an externalInfo that is stored with its report. A longer externalInfo is read from
    /// the body.
    var externalInfoByteCount = 64 * 1024
    /// The maximum total size in bytes of the names and values, including repeats, that are compared with earlier
    /// fields. Names are counted because a value of two bytes may have a path of a kilobyte.
    var comparedByteCount = 64 * 1024 * 1024
}

/// The amount of data of a delivery that may still be indexed. The reports of the delivery share it.
///
/// A share is reserved for the identifiers of each report, even if earlier reports use up the rest. Identifiers are the
/// first fields of a report.
/// ```
/// available to report 3 of 6 = remaining amount - 3 shares
/// share of fields            = limit / 6, at most `reportFieldCount`
/// share of bytes             = limit / 12, because identifiers are short
/// ```
final class DeliveryBudget {
    /// An amount of fields and bytes.
    struct Amount {
        var fieldCount: Int
        var byteCount: Int
        var comparedByteCount: Int
    }

    let limits: DeliveryLimits
    let reportCount: Int
    private var left: Amount
    private var unreadReportCount: Int

    /// - Parameter reportCount: the number of reports in the delivery.
    init(reportCount: Int = 1, limits: DeliveryLimits = DeliveryLimits()) {
        self.limits = limits
        self.reportCount = max(1, min(reportCount, limits.reportCount))
        self.left = Amount(
            fieldCount: limits.fieldCount, byteCount: limits.byteCount, comparedByteCount: limits.comparedByteCount)
        self.unreadReportCount = self.reportCount
    }

    /// Starts the next report. Returns the amount that is reserved for later reports.
    func beginReport() -> Amount {
        unreadReportCount = max(0, unreadReportCount - 1)
        return Amount(
            fieldCount: min(limits.reportFieldCount, limits.fieldCount / reportCount) * unreadReportCount,
            byteCount: limits.byteCount / (2 * reportCount) * unreadReportCount,
            comparedByteCount: limits.comparedByteCount / (2 * reportCount) * unreadReportCount)
    }

    func available(reserved: Amount) -> Amount {
        Amount(
            fieldCount: left.fieldCount - reserved.fieldCount, byteCount: left.byteCount - reserved.byteCount,
            comparedByteCount: left.comparedByteCount - reserved.comparedByteCount)
    }

    func spend(fieldCount: Int = 0, byteCount: Int = 0, comparedByteCount: Int = 0) {
        left.fieldCount -= fieldCount
        left.byteCount -= byteCount
        left.comparedByteCount -= comparedByteCount
    }
}
