using Mono.Cecil;
using Mono.Cecil.Cil;

namespace WireDns.Tests;

/// <summary>Folders are namespaces, and no folders of a project import each other in a circle: according to the compiled code.</summary>
public sealed class FolderTests
{
    [Theory]
    [InlineData("WireDns.Wire", "WireDns.Wire.dll")]
    [InlineData("WireDns.Capture", "WireDns.Capture.dll")]
    [InlineData("WireDns.Sigma", "WireDns.Sigma.dll")]
    [InlineData("WireDns.Detection", "WireDns.Detection.dll")]
    [InlineData("WireDns.Alerts", "WireDns.Alerts.dll")]
    [InlineData("WireDns", "wiredns.dll")]
    public void No_folders_of_a_project_import_each_other_in_a_circle(string project, string assembly)
    {
        var imports = Imports(project, assembly);
        Assert.True(imports.Count > 2, "too few folders to show anything");

        // Folders that import only removed folders can be removed too; what remains is in circles.
        var rest = imports.ToDictionary(entry => entry.Key, entry => entry.Value.Keys.Where(imports.ContainsKey).ToHashSet());
        while (rest.Where(entry => entry.Value.Count == 0).Select(entry => entry.Key).ToList() is { Count: > 0 } free)
        {
            free.ForEach(folder => rest.Remove(folder));
            foreach (var folder in rest.Values)
            {
                folder.ExceptWith(free);
            }
        }

        Assert.True(rest.Count == 0, string.Join('\n', rest.SelectMany(
            entry => entry.Value.Select(other => $"{entry.Key} imports {other}: {imports[entry.Key][other]}"))));
    }

    [Theory]
    [InlineData("WireDns.Wire")]
    [InlineData("WireDns.Capture")]
    [InlineData("WireDns.Sigma")]
    [InlineData("WireDns.Detection")]
    [InlineData("WireDns.Alerts")]
    [InlineData("WireDns")]
    public void The_namespace_of_a_file_is_its_folder(string project)
    {
        var root = Path.Combine(TestPaths.Root, "src", project);
        var files = Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(root, file).StartsWith("obj", StringComparison.Ordinal) && Path.GetFileName(file) != "Program.cs")
            .ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var folder = Path.GetRelativePath(root, Path.GetDirectoryName(file)!);
            var expected = folder == "." ? project : $"{project}.{folder.Replace(Path.DirectorySeparatorChar, '.')}";
            Assert.Contains($"namespace {expected};", File.ReadLines(file));
        });
    }

    // Folder → the folders that it imports, each with a type that does it. A parent folder may hold what its children import, so a
    // folder and its parent count as two.
    private static Dictionary<string, Dictionary<string, string>> Imports(string project, string assembly)
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly));
        var imports = new Dictionary<string, Dictionary<string, string>>();
        foreach (var type in module.GetTypes().Where(type => FolderOf(type, project) is not null))
        {
            var folder = FolderOf(type, project)!;
            if (!imports.TryGetValue(folder, out var others))
            {
                imports.Add(folder, others = []);
            }

            foreach (var used in References(type).SelectMany(Parts).Where(used => used.Scope == module))
            {
                if (FolderOf(used, project) is { } other && other != folder)
                {
                    others.TryAdd(other, $"{type.FullName} uses {used.FullName}");
                }
            }
        }

        return imports;
    }

    private static string? FolderOf(TypeReference type, string project)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.Namespace == project || type.Namespace.StartsWith(project + ".", StringComparison.Ordinal) ? type.Namespace : null;
    }

    private static IEnumerable<TypeReference> References(TypeDefinition type)
    {
        IEnumerable<TypeReference?> direct =
        [
            type.BaseType,
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Properties.Select(property => property.PropertyType),
            .. Attributes(type),
            .. type.Fields.SelectMany(Attributes),
            .. type.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType),
            .. type.Methods.SelectMany(References),
        ];
        return direct.OfType<TypeReference>();
    }

    private static IEnumerable<TypeReference> References(MethodDefinition method)
    {
        IEnumerable<TypeReference> signature = [method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType), .. Attributes(method)];
        return method.HasBody
            ? [.. signature, .. method.Body.Variables.Select(variable => variable.VariableType), .. method.Body.Instructions.SelectMany(References)]
            : signature;
    }

    private static IEnumerable<TypeReference> References(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    private static IEnumerable<TypeReference> Attributes(ICustomAttributeProvider provider) =>
        provider.CustomAttributes.Select(attribute => attribute.AttributeType);

    // A list of a type counts as the type.
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        FunctionPointerType function => [.. Parts(function.ReturnType), .. function.Parameters.SelectMany(parameter => Parts(parameter.ParameterType))],
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };
}
