package import Deliveries
package import StrictJSON

/// The fields of reports that contain an externalInfo.
package enum ExternalInfoFields {
    package static func leaves(of value: JSONValue) -> [ReportField] {
        var collector = FieldCollector()
        collector.addExternalInfo(value)
        return collector.fields
    }
}
