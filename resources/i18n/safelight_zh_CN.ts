<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Safelight</name>
    <message>
        <source>An unexpected error occurred: {problem}. The log file has the details.</source>
        <translation>发生了意外问题：{problem}。详情见日志文件。</translation>
    </message>
    <message>
        <source>{name} cannot be {value}. Allowed: {allowed}.</source>
        <translation>{name}不能是 {value}。允许的范围：{allowed}。</translation>
    </message>
    <message>
        <source>There is no sampler called “{sampler}”. Choose one of: {known}.</source>
        <translation>没有名为“{sampler}”的采样器。请选择以下之一：{known}。</translation>
    </message>
    <message>
        <source>{sampler} does not work with this model: {reason}. Choose another sampler.</source>
        <translation>{sampler} 不适用于此模型：{reason}。请换一个采样器。</translation>
    </message>
    <message>
        <source>The run cannot branch in this way after step {step}. {reason}</source>
        <translation>第 {step} 步之后，无法这样分支。{reason}</translation>
    </message>
    <message>
        <source>The sampler of this run does not tell what this view shows. Choose another view.</source>
        <translation>这次生成的采样器没有给出该视图所需的数据。请选择其他视图。</translation>
    </message>
    <message>
        <source>This model follows the prompt without guidance, so there is no guidance to show.</source>
        <translation>这个模型不用引导就会跟随提示词，所以没有引导可看。</translation>
    </message>
    <message>
        <source>The pipeline of the model {model} cannot start from a picture. Choose another model, such as the starter.</source>
        <translation>模型 {model} 的管线不能从图片开始。请换一个模型，例如入门模型。</translation>
    </message>
    <message>
        <source>Algorithm 2 cannot be walked with the model {model}: {reason}. Choose another model, such as the starter.</source>
        <translation>模型 {model} 走不了算法 2：{reason}。请换一个模型，例如入门模型。</translation>
    </message>
    <message>
        <source>There is no model called “{model}”. Choose another model, or open its folder.</source>
        <translation>没有名为“{model}”的模型。请选择其他模型，或打开它所在的文件夹。</translation>
    </message>
    <message>
        <source>The model folder {folder} does not exist. Choose another model, or open its folder where it is now.</source>
        <translation>找不到模型文件夹 {folder}。请选择其他模型，或打开它现在所在的文件夹。</translation>
    </message>
    <message>
        <source>The model file {folder} does not exist. Choose another model, or open the file where it is now.</source>
        <translation>找不到模型文件 {folder}。请选择其他模型，或从文件现在的位置打开它。</translation>
    </message>
    <message>
        <source>The model in {folder} is incomplete: {missing} is missing. Download it again, or choose another model.</source>
        <translation>{folder} 中的模型不完整：缺少 {missing}。请重新下载，或选择其他模型。</translation>
    </message>
    <message>
        <source>{folder} holds only a part of a model ({kind}): {missing} is missing. Open a whole model of this kind first, then open the file again; it will share the missing parts.</source>
        <translation>{folder} 只包含模型的一部分（{kind}），缺少 {missing}。请先打开一个同类的完整模型，再打开此文件；缺少的部分将与它共用。</translation>
    </message>
    <message>
        <source>The model in {folder} is damaged: {problem}. Download it again, or choose another model.</source>
        <translation>{folder} 中的模型已损坏：{problem}。请重新下载，或选择其他模型。</translation>
    </message>
    <message>
        <source>The model in {folder} is damaged: {file} {problem}. Download it again, or choose another model.</source>
        <translation>{folder} 中的模型已损坏：{file} {problem}。请重新下载，或选择其他模型。</translation>
    </message>
    <message>
        <source>The parts of the model in {folder} do not belong together: its denoiser has {denoiser} latent channels, its autoencoder {autoencoder}. Replace the autoencoder, or choose another model.</source>
        <translation>{folder} 中模型的各个部分不匹配：去噪网络使用 {denoiser} 个通道，自编码器使用 {autoencoder} 个。请放入与之配套的自编码器，或选择其他模型。</translation>
    </message>
    <message>
        <source>The model in {folder} was not opened because {file} could run a program: {problem}. Use a version in safetensors format.</source>
        <translation>没有打开 {folder} 中的模型，因为 {file} 可能会运行程序：{problem}。请使用 safetensors 格式的版本。</translation>
    </message>
    <message>
        <source>The model in {folder} was not opened because {file} {problem}. Remove that file if it is not needed, or choose another model.</source>
        <translation>没有打开 {folder} 中的模型，因为 {file} {problem}。如果不需要该文件，请将其移走，或选择其他模型。</translation>
    </message>
    <message>
        <source>Safelight cannot run this kind of model yet ({kind}). Choose another model in diffusers layout, of the family {known}.</source>
        <translation>Safelight 还不能运行这类模型（{kind}）。请选择采用 diffusers 目录结构、属于以下类别的模型：{known}。</translation>
    </message>
    <message>
        <source>{file} is a model of the kind {kind}, which Safelight cannot run yet. Choose one of: {known}.</source>
        <translation>{file} 是 {kind} 类模型，Safelight 目前还不能运行。请选择以下之一：{known}。</translation>
    </message>
    <message>
        <source>The contents of {file} are in a layout that Safelight does not know. Choose a version of the model in diffusers layout, which has a model_index.json.</source>
        <translation>Safelight 无法识别 {file} 的内容布局。请选择该模型的 diffusers 布局版本，其中有 model_index.json。</translation>
    </message>
    <message>
        <source>The weights in {file} are stored as {packing}, which Safelight cannot read. Choose the bf16, fp16 or GGUF Q8_0 version of the model.</source>
        <translation>{file} 中的权重以 {packing} 形式存储，Safelight 无法读取。请选择该模型的 bf16、fp16 或 GGUF Q8_0 版本。</translation>
    </message>
    <message>
        <source>{file} is no model by itself: it holds {holding}. Choose the file or folder of a whole model.</source>
        <translation>{file} 本身不是模型，它包含的是{holding}。请选择完整模型的文件或文件夹。</translation>
    </message>
    <message>
        <source>{file} holds a video model ({kind}). Choose a model that makes pictures.</source>
        <translation>{file} 是视频模型（{kind}）。请选择生成图片的模型。</translation>
    </message>
    <message>
        <source>The folder {folder} is not a model itself, but it holds {found}. Open that file instead.</source>
        <translation>文件夹 {folder} 本身不是模型，但其中有 {found}。请改为打开该文件。</translation>
    </message>
    <message>
        <source>The models in {folder} are not listed: {problem}. Connect its disk and read again, or remove the folder from the list.</source>
        <translation>{folder} 中的模型未列出：{problem}。请连接其磁盘后重新读取，或从列表中移除该文件夹。</translation>
    </message>
    <message>
        <source>The models in {folder} cannot be read: {problem}. Change its permissions, then read again.</source>
        <translation>无法读取 {folder} 中的模型：{problem}。请更改其权限，然后重新读取。</translation>
    </message>
    <message>
        <source>There is no model in {folder}. Choose a folder with models in diffusers layout or in files that end in .safetensors.</source>
        <translation>{folder} 中没有模型。请选择包含 diffusers 格式模型或 .safetensors 文件的文件夹。</translation>
    </message>
    <message>
        <source>The starter model that came with Safelight is damaged: {file} {problem}. Install Safelight again, or open another model folder.</source>
        <translation>Safelight 自带的入门模型已损坏：{file} {problem}。请重新安装 Safelight，或打开其他模型文件夹。</translation>
    </message>
    <message>
        <source>There is no LoRA “{name}” here. Open its file, or turn the LoRA off.</source>
        <translation>这里没有 LoRA“{name}”。请打开它的文件，或将其关闭。</translation>
    </message>
    <message>
        <source>The LoRA file {file} does not exist. Open it where it is now, or remove the LoRA.</source>
        <translation>LoRA 文件 {file} 不存在。请在它现在的位置打开，或移除该 LoRA。</translation>
    </message>
    <message>
        <source>The LoRA is damaged: {file} {problem}. Download it again, or remove the LoRA.</source>
        <translation>LoRA 已损坏：{file} {problem}。请重新下载，或移除该 LoRA。</translation>
    </message>
    <message>
        <source>The LoRA {file} was not opened because weights in this format can carry code. Use a version in safetensors format.</source>
        <translation>未打开 LoRA {file}，因为这种格式的权重可能带有代码。请使用 safetensors 格式的版本。</translation>
    </message>
    <message>
        <source>{file} cannot be used as a LoRA: {kind}. Choose another file.</source>
        <translation>{file} 不能用作 LoRA：{kind}。请选择其他文件。</translation>
    </message>
    <message>
        <source>The LoRA “{name}” does not fit the model {model}: none of its layers is in it. Turn the LoRA off, or choose another model.</source>
        <translation>LoRA“{name}”不适合模型 {model}：它的层都不在该模型中。请关闭该 LoRA，或选择其他模型。</translation>
    </message>
    <message>
        <source>The LoRA “{name}” was made for {family} and does not fit the model {model}. Turn the LoRA off, or choose another model.</source>
        <translation>LoRA“{name}”是为 {family} 制作的，不适合模型 {model}。请关闭该 LoRA，或选择其他模型。</translation>
    </message>
    <message>
        <source>Models of the family {family} take no LoRAs, so “{name}” is not used. Choose a model of another family.</source>
        <translation>{family} 系列的模型不支持 LoRA，因此没有使用“{name}”。请选择其他系列的模型。</translation>
    </message>
    <message>
        <source>The LoRA “{name}” could not be added to the model: {problem}. Turn the LoRA off, or choose another one.</source>
        <translation>无法把 LoRA“{name}”加到模型上：{problem}。请关闭该 LoRA，或选择另一个。</translation>
    </message>
    <message>
        <source>There is no embedding “{name}” here. Open its file, or take its name out of the prompt.</source>
        <translation>这里没有嵌入“{name}”。请打开它的文件，或从提示词中删去它的名称。</translation>
    </message>
    <message>
        <source>The embedding file {file} does not exist. Open it where it is now.</source>
        <translation>嵌入文件 {file} 不存在。请在它现在的位置打开。</translation>
    </message>
    <message>
        <source>The embedding is damaged: {file} {problem}. Download it again.</source>
        <translation>嵌入已损坏：{file} {problem}。请重新下载。</translation>
    </message>
    <message>
        <source>The embedding {file} was not opened because files in this format can carry code. Use a version in safetensors format.</source>
        <translation>没有打开嵌入 {file}，因为这种格式的文件可能携带代码。请使用 safetensors 格式的版本。</translation>
    </message>
    <message>
        <source>{file} cannot be used as an embedding: {kind}. Choose another file.</source>
        <translation>{file} 不能用作嵌入：{kind}。请选择其他文件。</translation>
    </message>
    <message>
        <source>The embedding “{name}” does not fit the text encoder of {model}. Take its name out of the prompt, or choose another model.</source>
        <translation>嵌入“{name}”不适合 {model} 的文本编码器。请从提示词中删去它的名称，或选择其他模型。</translation>
    </message>
    <message>
        <source>The embedding “{name}” was made for {family} and does not fit {model}. Take its name out of the prompt, or choose another model.</source>
        <translation>嵌入“{name}”是为 {family} 制作的，不适合 {model}。请从提示词中删去它的名称，或选择其他模型。</translation>
    </message>
    <message>
        <source>Models of the family {family} take no embeddings, so “{name}” is not used. Choose a model of another family.</source>
        <translation>{family} 系列的模型不支持嵌入，因此不会使用“{name}”。请选择其他系列的模型。</translation>
    </message>
    <message>
        <source>The calculation failed at step {step}: the numbers became infinite. Lower the guidance, or choose another sampler or seed.</source>
        <translation>第 {step} 步计算失败：数值变成了无穷大。请降低引导强度，或换一个采样器或种子。</translation>
    </message>
    <message>
        <source>There was not enough memory for a picture of {width} × {height}. Choose a smaller size, or close other programs.</source>
        <translation>内存不足，无法生成 {width} × {height} 的图片。请减小尺寸，或关闭其他程序。</translation>
    </message>
    <message>
        <source>This picture needs about {needed} of memory, but only {free} are free. It may fail or slow the computer down. Choose a smaller size, or close other programs.</source>
        <translation>这张图片约需 {needed} 内存，但目前只有 {free} 可用。生成可能失败，或使电脑变慢。请减小尺寸，或关闭其他程序。</translation>
    </message>
    <message>
        <source>This picture needs about {needed} of memory, but this computer has {total}. Choose a smaller size or a smaller model.</source>
        <translation>这张图片约需 {needed} 内存，而这台电脑只有 {total}。请减小尺寸，或换用更小的模型。</translation>
    </message>
    <message>
        <source>This step is no longer in memory. Generate the picture again to view its steps.</source>
        <translation>这一步已不在内存中。重新生成这张图片即可查看它的各个步骤。</translation>
    </message>
    <message>
        <source>The picture could not be saved in {folder}: {problem}. It is kept in memory; save it somewhere else.</source>
        <translation>图片无法保存到 {folder}：{problem}。它还保留在内存中，请保存到其他位置。</translation>
    </message>
    <message>
        <source>The disk of {folder} is full. The picture is kept in memory; free some space, or save it somewhere else.</source>
        <translation>{folder} 所在的磁盘已满。图片还保留在内存中，请腾出空间，或保存到其他位置。</translation>
    </message>
    <message>
        <source>{file} already exists and was not changed. Choose another name.</source>
        <translation>{file} 已经存在，未作改动。请换一个名称。</translation>
    </message>
    <message>
        <source>The pictures folder {folder} cannot be created: {problem}. Choose another one in Settings.</source>
        <translation>无法创建图片文件夹 {folder}：{problem}。请在设置中另选一个。</translation>
    </message>
    <message>
        <source>There are no steps to export. Generate the picture first.</source>
        <translation>没有可导出的步骤。请先生成图片。</translation>
    </message>
    <message>
        <source>The export could not be saved in {folder}: {problem}. Choose another folder.</source>
        <translation>导出的文件无法保存到 {folder}：{problem}。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>MP4 needs the video library PyAV, which is not installed. Install it with: {command}</source>
        <translation>MP4 需要视频库 PyAV，但尚未安装。安装命令：{command}</translation>
    </message>
    <message>
        <source>The installed video library cannot write H.264. Choose another format.</source>
        <translation>已安装的视频库不能写 H.264。请选择其他格式。</translation>
    </message>
    <message>
        <source>The prompt is too long to be stored in {file}. Save the picture as .png instead.</source>
        <translation>提示词太长，无法存入 {file}。请改存为 .png。</translation>
    </message>
    <message>
        <source>{file} cannot be opened as a picture: {problem}. Choose another picture.</source>
        <translation>{file} 无法作为图片打开：{problem}。请选择其他图片。</translation>
    </message>
    <message>
        <source>{file} contains no recipe, so no settings could be restored. Open a picture that was saved with its recipe.</source>
        <translation>{file} 不含配方，因此无法恢复任何设置。请打开保存时带有配方的图片。</translation>
    </message>
    <message>
        <source>The clipboard contains no recipe. Copy the generation parameters of a picture as text, or the picture&apos;s file, and paste again.</source>
        <translation>剪贴板中没有配方。请复制图片的生成参数文本或图片文件，再粘贴。</translation>
    </message>
    <message>
        <source>The recipe in {file} was written by a newer Safelight and cannot be read. Update Safelight to restore it.</source>
        <translation>{file} 中的配方由更新版本的 Safelight 写入，无法读取。请更新 Safelight 后再恢复。</translation>
    </message>
    <message>
        <source>{file} could not be saved: {problem}. Choose another folder, or free some disk space.</source>
        <translation>{file} 无法保存：{problem}。请选择另一个文件夹，或腾出一些磁盘空间。</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be read: {problem}. Choose another folder.</source>
        <translation>无法读取文件夹 {folder}：{problem}。请另选文件夹。</translation>
    </message>
    <message>
        <source>“{file}” has no station of Learn in it. Choose a file that was saved with “Save this station”.</source>
        <translation>“{file}”里没有“学习”的站点。请选择用“保存这个站点”保存的文件。</translation>
    </message>
    <message>
        <source>Your text and settings cannot be saved to disk: {problem}. They will be lost when Safelight closes. Free some disk space, or start Safelight with another folder: --data FOLDER.</source>
        <translation>您的文字和设置无法保存到磁盘：{problem}。关闭 Safelight 后它们会丢失。请腾出磁盘空间，或用其他文件夹启动 Safelight：--data 文件夹。</translation>
    </message>
    <message>
        <source>Your settings were saved by a newer Safelight. They are left unchanged; changes made now are not saved. Update Safelight.</source>
        <translation>您的设置由更新版本的 Safelight 保存，已原样保留；现在所做的更改不会保存。请更新 Safelight。</translation>
    </message>
    <message>
        <source>The settings file was damaged. The last good copy, from {when}, is used instead.</source>
        <translation>设置文件已损坏，正在使用 {when} 的最近一份完好副本。</translation>
    </message>
    <message>
        <source>The settings file was damaged and no good copy was found. Safelight starts with the default settings; the damaged file was saved as {file}.</source>
        <translation>设置文件已损坏，也没有找到完好的副本。Safelight 以默认设置启动；损坏的文件保留为 {file}。</translation>
    </message>
    <message>
        <source>Some settings could not be read and were reset to their defaults: {names}. Set them again in the settings.</source>
        <translation>有些设置无法读取，已恢复为默认值：{names}。请在设置中重新设定。</translation>
    </message>
    <message>
        <source>Your last text was saved by a newer Safelight. It is left unchanged; text typed now is not saved. Update Safelight.</source>
        <translation>您上次输入的内容由更新版本的 Safelight 写入，已原样保留；现在输入的内容不会保存。请更新 Safelight。</translation>
    </message>
    <message>
        <source>The file with your last text was damaged. The last good copy, from {when}, is used instead.</source>
        <translation>保存上次输入内容的文件已损坏，正在使用 {when} 的最近一份完好副本。</translation>
    </message>
    <message>
        <source>The file with your last text was damaged and no good copy was found. The damaged file was saved as {file}.</source>
        <translation>保存上次输入内容的文件已损坏，也没有找到完好的副本。损坏的文件保留为 {file}。</translation>
    </message>
    <message>
        <source>Some of your last text and settings could not be read: {names}. Check the prompt panel and the queue, and enter them again.</source>
        <translation>上次的部分文字和设置无法读取：{names}。请检查提示词面板和队列，并重新输入。</translation>
    </message>
    <message>
        <source>Your stars were saved by a newer Safelight. They are left unchanged; stars set now are not saved. Update Safelight.</source>
        <translation>星标由更新版本的 Safelight 保存，将保持不变；现在添加的星标不会保存。请更新 Safelight。</translation>
    </message>
    <message>
        <source>The file with your stars was damaged. The last good copy, from {when}, is used instead.</source>
        <translation>星标文件已损坏，现使用 {when} 的最后一份完好副本。</translation>
    </message>
    <message>
        <source>Your styles were saved by a newer Safelight. They are left unchanged; changes made now are not saved. Update Safelight.</source>
        <translation>您的风格由更新版本的 Safelight 保存。它们保持不变；现在的更改不会保存。请更新 Safelight。</translation>
    </message>
    <message>
        <source>The file with your styles was damaged. The last good copy, from {when}, is used instead.</source>
        <translation>风格文件已损坏。改用 {when} 的最后一份完好副本。</translation>
    </message>
    <message>
        <source>The file with your styles was damaged and no good copy was found. The damaged file was saved as {file}.</source>
        <translation>风格文件已损坏，且没有找到完好的副本。损坏的文件已另存为 {file}。</translation>
    </message>
    <message>
        <source>What you found in Learn was saved by a newer Safelight. It is left unchanged; what you find now is not saved. Update Safelight.</source>
        <translation>您在“学习”中的发现由更新版本的 Safelight 保存，已原样保留；现在的发现不会保存。请更新 Safelight。</translation>
    </message>
    <message>
        <source>The file with what you found in Learn was damaged. The last good copy, from {when}, is used instead.</source>
        <translation>保存“学习”中发现的文件已损坏，改用 {when} 的最后一份完好副本。</translation>
    </message>
    <message>
        <source>The file with what you found in Learn was damaged and no good copy was found. The damaged file was saved as {file}.</source>
        <translation>保存“学习”中发现的文件已损坏，也没有完好的副本。损坏的文件另存为 {file}。</translation>
    </message>
    <message>
        <source>The file with your stars was damaged and no good copy was found. The damaged file was saved as {file}.</source>
        <translation>星标文件已损坏，且没有完好的副本。损坏的文件已保存为 {file}。</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be read: {problem}. Its pictures are shown again as soon as it can be read.</source>
        <translation>无法读取文件夹 {folder}：{problem}。恢复可读后，其中的图片会重新显示。</translation>
    </message>
    <message>
        <source>The folder {folder} holds more than {most} pictures, of which {most} are shown. Remove it from the gallery and add folders inside it.</source>
        <translation>文件夹 {folder} 中的图片超过 {most} 张，只显示其中 {most} 张。请将它移出图库，改为添加其中的子文件夹。</translation>
    </message>
    <message>
        <source>The index of the gallery cannot be kept in {folder}: {problem}. The gallery works, but is read again at every start.</source>
        <translation>图库索引无法保存在 {folder}：{problem}。图库仍可使用，但每次启动都要重新读取。</translation>
    </message>
    <message>
        <source>{file} could not be moved to {folder}: {problem}. It stays where it is.</source>
        <translation>无法将 {file} 移到 {folder}：{problem}。文件留在原处。</translation>
    </message>
    <message>
        <source>{file} could not be deleted: {problem}. Delete it in its folder.</source>
        <translation>无法删除 {file}：{problem}。请在其文件夹中删除。</translation>
    </message>
    <message>
        <source>{file} could not be restored: {problem}.</source>
        <translation>无法恢复 {file}：{problem}。</translation>
    </message>
    <message>
        <source>This run is being generated. Stop it, then delete it.</source>
        <translation>此次生成正在进行。请先停止，再删除。</translation>
    </message>
    <message>
        <source>This run is one of several seeds that wait for your choice. Choose first, then delete it.</source>
        <translation>这次生成是等待您选择的多个种子之一。请先选择，再删除它。</translation>
    </message>
    <message>
        <source>{file} could not be renamed: {problem}. It keeps its name.</source>
        <translation>无法重命名 {file}：{problem}。文件名保持不变。</translation>
    </message>
    <message>
        <source>The steps of this run can no longer be saved in {folder}: {problem}. The run continues; if it is interrupted, it can be resumed from the last saved step only.</source>
        <translation>这次生成的步骤无法再保存到 {folder}：{problem}。生成会继续；如果中断，只能从最后保存的步骤恢复。</translation>
    </message>
    <message>
        <source>Another Safelight window is generating this picture. Wait until it has finished, or stop it there.</source>
        <translation>另一个 Safelight 正在生成这张图片。请等它完成，或在那里停止。</translation>
    </message>
    <message>
        <source>This run was recorded by a newer Safelight and is left unchanged. Update Safelight to resume it.</source>
        <translation>这次生成由更新版本的 Safelight 记录，已保持原样。请更新 Safelight 后再继续。</translation>
    </message>
    <message>
        <source>The recording of this run is damaged after step {step}. You can view the steps up to there and resume from there.</source>
        <translation>这次生成的记录在第 {step} 步之后已损坏。可以查看此前的步骤，也可以从那里继续。</translation>
    </message>
    <message>
        <source>The run that this one branches from is missing or damaged. You can view the branch&apos;s own steps, but it can&apos;t be resumed. Generate it again to finish it.</source>
        <translation>这个分支所源自的生成缺失或已损坏。可以查看分支自己的步骤，但无法继续生成。要完成它，请重新生成。</translation>
    </message>
    <message>
        <source>Step {step} is damaged or missing on disk. Resume from an earlier step, or generate the picture again.</source>
        <translation>第 {step} 步已损坏，或已不在磁盘上。请从更早的步骤继续，或重新生成这张图片。</translation>
    </message>
    <message>
        <source>{file} was not made by Safelight, so nothing was changed. Move or delete that file, then try again.</source>
        <translation>{file} 不是由 Safelight 写入的，因此未作任何更改。请移走或删除该文件，然后重试。</translation>
    </message>
    <message>
        <source>Safelight could not be put into the applications menu: {folder} cannot be written ({problem}). Allow writing there, then try again.</source>
        <translation>无法把 Safelight 添加到应用程序菜单：不能写入 {folder}（{problem}）。请允许写入该文件夹，然后重试。</translation>
    </message>
    <message>
        <source>{file} cannot be deleted ({problem}). Delete it yourself, or try again later.</source>
        <translation>无法删除 {file}（{problem}）。请自行删除，或稍后再试。</translation>
    </message>
    <message>
        <source>The training stopped before step {step}: its numbers are no longer finite. The weights of the step before are kept. Branch it with a learning rate below {rate}.</source>
        <translation>训练在第 {step} 步之前停止：数值不再是有限的。上一步的权重已保留。请用低于 {rate} 的学习率从这里分支。</translation>
    </message>
    <message>
        <source>The training cannot be saved in {folder}: {problem}. It continues; if Safelight is closed, it can be resumed from step {step} only. Make room on the disk.</source>
        <translation>训练无法保存到 {folder}：{problem}。训练会继续；如果关闭 Safelight，只能从第 {step} 步接着训练。请在磁盘上腾出空间。</translation>
    </message>
    <message>
        <source>The files of a training cannot be written in {folder}: {problem}. Make room on the disk, or allow writing there, and try again.</source>
        <translation>训练的文件无法写入 {folder}：{problem}。请腾出磁盘空间或允许写入，然后重试。</translation>
    </message>
    <message>
        <source>The training in {folder} cannot be read: {problem}. Start it again.</source>
        <translation>{folder} 里的训练无法读取：{problem}。请重新开始训练。</translation>
    </message>
    <message>
        <source>The training in {folder} was saved by a newer Safelight and is left unchanged. Update Safelight to resume it.</source>
        <translation>{folder} 里的训练由更新版本的 Safelight 保存，未作改动。请更新 Safelight 后再继续。</translation>
    </message>
    <message>
        <source>There is no picture to learn from in {folder}. Choose a folder with pictures.</source>
        <translation>{folder} 里没有可供学习的图片。请选择有图片的文件夹。</translation>
    </message>
    <message>
        <source>The recording {file} cannot be read: {problem}. Generate the picture again to view its steps.</source>
        <translation>无法读取记录 {file}：{problem}。重新生成这张图片即可查看它的各个步骤。</translation>
    </message>
    <message>
        <source>“{refiner}” does not continue pictures of the model “{model}”. Choose another refiner or upscaler, or none.</source>
        <translation>“{refiner}”不能接着处理模型“{model}”的图片。请选择其他精修模型或放大模型，或不使用。</translation>
    </message>
    <message>
        <source>“{refiner}” makes no pictures alone. Choose a model of the kind {family}, then it as the refiner or upscaler of that.</source>
        <translation>“{refiner}”不能单独生成图像。请先选择 {family} 类的模型，再将其选为它的精修模型或放大模型。</translation>
    </message>
    <message>
        <source>The model in {folder} was made for editing pictures: its denoiser reads {channels} channels instead of {latents}. Safelight cannot run such models yet; choose a text-to-image model.</source>
        <translation>{folder} 中的模型用于编辑图片：它的去噪网络读取 {channels} 个通道，而不是 {latents} 个。Safelight 还不能运行这类模型；请选择文生图模型。</translation>
    </message>
    <message>
        <source>The folder {folder} is not a model itself, but there is one in {found}. Open that folder instead.</source>
        <translation>文件夹 {folder} 本身不是模型，但 {found} 中有一个模型。请打开那个文件夹。</translation>
    </message>
    <message>
        <source>The folder {folder} holds several models: {found}. Open the folder of one of them.</source>
        <translation>文件夹 {folder} 中有多个模型：{found}。请打开其中一个模型的文件夹。</translation>
    </message>
    <message>
        <source>Pictures can be saved as {suffixes}, but not as {file}. Choose another name.</source>
        <translation>图片可以保存为 {suffixes}，但不能保存为 {file}。请换一个名称。</translation>
    </message>
    <message>
        <source>The recording {file} cannot be deleted: {problem}. Delete it in its folder, or try again later.</source>
        <translation>无法删除记录 {file}：{problem}。请在文件夹中删除它，或稍后再试。</translation>
    </message>
    <message>
        <source>The model “{model}” is missing or damaged, so this run can&apos;t be resumed after step {step} and its steps can&apos;t be decoded. Their previews can still be viewed. Open the model&apos;s folder again to resume the run.</source>
        <translation>模型“{model}”缺失或已损坏，因此这次生成无法从第 {step} 步继续，各步也无法完整解码。仍可查看各步的预览。要继续，请重新打开模型的文件夹。</translation>
    </message>
    <message>
        <source>The model “{model}” has changed since this run started, so the run can&apos;t be resumed and its steps can&apos;t be decoded. Their previews can still be viewed. Restore the earlier model files, or generate the picture again.</source>
        <translation>模型“{model}”在这次生成开始后已改变，因此无法继续，各步也无法完整解码。仍可查看各步的预览。请恢复原来的模型文件，或重新生成这张图片。</translation>
    </message>
    <message>
        <source>This run was computed with {before}, but this computer now uses {now}, so it can&apos;t be resumed. Its steps can still be viewed. Generate the picture again to finish it here.</source>
        <translation>这次生成使用 {before} 计算，而这台电脑现在使用 {now}，因此无法继续。各步仍可查看。要在这里完成，请重新生成这张图片。</translation>
    </message>
    <message>
        <source>its weights and its configuration do not fit together</source>
        <translation>它的权重与配置不匹配</translation>
    </message>
    <message>
        <source>The classic method: deterministic after the starting noise, in small even steps.</source>
        <translation>经典方法：起始噪声之后完全确定，每一步小而均匀。</translation>
    </message>
    <message>
        <source>The original method: adds new noise at every step. Needs many steps.</source>
        <translation>最初的方法：每一步都加入新的噪声，需要较多步数。</translation>
    </message>
    <message>
        <source>One straight line per step: simple, fast and reliable.</source>
        <translation>每一步走一条直线，简单、快速、可靠。</translation>
    </message>
    <message>
        <source>Euler with new noise at every step: varied results that change with the number of steps.</source>
        <translation>每一步都加入新噪声的 Euler：富于变化，步数不同画面也不同。</translation>
    </message>
    <message>
        <source>Uses the previous step too: good pictures in 20 to 30 steps.</source>
        <translation>借助上一步的结果：20 到 30 步就有好图。</translation>
    </message>
    <message>
        <source>DPM++ 2M with more of its steps at low noise, where detail forms.</source>
        <translation>把更多步数用在细节成形阶段的 DPM++ 2M。</translation>
    </message>
    <message>
        <source>DPM++ 2M with new noise at every step: more detail, needs a few more steps.</source>
        <translation>每一步都加入新噪声的 DPM++ 2M：细节更丰富，需要稍多几步。</translation>
    </message>
    <message>
        <source>Predicts, then corrects the prediction: good pictures in 10 to 20 steps.</source>
        <translation>先预测，再校正：只需 10 到 20 步就有好图。</translation>
    </message>
    <message>
        <source>Extrapolates from earlier steps: good pictures in 10 to 20 steps.</source>
        <translation>由之前的步骤外推：10 到 20 步即可得到好的图片。</translation>
    </message>
    <message>
        <source>The first default of Stable Diffusion. Computes its second step twice, so 50 steps are 51 calls.</source>
        <translation>Stable Diffusion 最早的默认采样器。第二步计算两次，因此 50 步要调用 51 次。</translation>
    </message>
    <message>
        <source>Extrapolates from the last four steps.</source>
        <translation>由最近四步外推。</translation>
    </message>
    <message>
        <source>Predicts and corrects every step, which takes twice the time: 50 steps are 99 calls.</source>
        <translation>每一步都先预测再校正，用时加倍：50 步要调用 99 次。</translation>
    </message>
    <message>
        <source>For models distilled to need only 4 to 8 steps.</source>
        <translation>用于经过蒸馏、只需 4 到 8 步的模型。</translation>
    </message>
    <message>
        <source>Euler for few-step models and LoRAs such as Lightning: begins at the strongest noise.</source>
        <translation>用于 Lightning 等少步模型和 LoRA 的 Euler：从最强的噪声开始。</translation>
    </message>
    <message>
        <source>DDIM for few-step models and LoRAs such as Hyper-SD: begins at the strongest noise.</source>
        <translation>用于 Hyper-SD 等少步模型和 LoRA 的 DDIM：从最强的噪声开始。</translation>
    </message>
    <message>
        <source>For models and LoRAs distilled to need only 1 to 8 steps, such as Hyper-SD; adds no noise.</source>
        <translation>用于蒸馏到只需 1 至 8 步的模型和 LoRA，例如 Hyper-SD；不加入新的噪声。</translation>
    </message>
    <message>
        <source>Predicts and corrects from earlier steps, with new noise at each: detailed in 20 steps.</source>
        <translation>根据前面的步骤预测并修正，每步加入新的噪声：20 步即有丰富细节。</translation>
    </message>
    <message>
        <source>Two calls for each stretch, with new noise at each: detailed and slow to change.</source>
        <translation>每一段计算两次，每次加入新的噪声：细节丰富，变化缓慢。</translation>
    </message>
    <message>
        <source>For Sana Sprint, which needs only 1 to 4 steps: predicts the picture, then adds new noise.</source>
        <translation>用于只需 1 至 4 步的 Sana Sprint：先预测图像，再加入新的噪声。</translation>
    </message>
    <message>
        <source>the pipeline of this model cannot use it</source>
        <translation>该模型的管线不能使用它</translation>
    </message>
    <message>
        <source>it works only with models that were distilled for it</source>
        <translation>它只适用于专为它蒸馏过的模型</translation>
    </message>
    <message>
        <source>it cannot start from pure noise, as this model does</source>
        <translation>此模型从纯噪声开始，而该采样器不能</translation>
    </message>
    <message>
        <source>it does not support the prediction type of this model</source>
        <translation>它不支持此模型的预测类型</translation>
    </message>
    <message>
        <source>it does not exist</source>
        <translation>它不存在</translation>
    </message>
    <message>
        <source>you do not have permission</source>
        <translation>您没有权限</translation>
    </message>
    <message>
        <source>your disk quota is used up</source>
        <translation>您的磁盘配额已用完</translation>
    </message>
    <message>
        <source>the file is too large</source>
        <translation>文件太大</translation>
    </message>
    <message>
        <source>the disk is read-only</source>
        <translation>磁盘是只读的</translation>
    </message>
    <message>
        <source>it is a folder</source>
        <translation>它是文件夹</translation>
    </message>
    <message>
        <source>the name is already taken</source>
        <translation>该名称已被占用</translation>
    </message>
    <message>
        <source>the name is too long</source>
        <translation>名称太长</translation>
    </message>
    <message>
        <source>it cannot be read</source>
        <translation>它无法读取</translation>
    </message>
    <message>
        <source>it is too large</source>
        <translation>它太大了</translation>
    </message>
    <message>
        <source>it is damaged, or not a PNG, JPEG, WebP or AVIF picture</source>
        <translation>文件已损坏，或不是 PNG、JPEG、WebP 或 AVIF 图片</translation>
    </message>
    <message>
        <source>it is not a folder</source>
        <translation>它不是文件夹</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>the disk reports an error</source>
        <translation>磁盘报告了错误</translation>
    </message>
    <message>
        <source>is missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>has invalid contents</source>
        <translation>内容无效</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>正方形</translation>
    </message>
    <message>
        <source>Portrait 3:4</source>
        <translation>竖幅 3:4</translation>
    </message>
    <message>
        <source>Portrait 2:3</source>
        <translation>竖幅 2:3</translation>
    </message>
    <message>
        <source>Tall 9:16</source>
        <translation>竖长 9:16</translation>
    </message>
    <message>
        <source>Landscape 4:3</source>
        <translation>横幅 4:3</translation>
    </message>
    <message>
        <source>recognised by its files</source>
        <translation>根据模型文件识别</translation>
    </message>
    <message>
        <source>recognised by its name</source>
        <translation>根据模型名称识别</translation>
    </message>
    <message>
        <source>as for all models of its kind</source>
        <translation>同类模型通用</translation>
    </message>
    <message>
        <source>Landscape 3:2</source>
        <translation>横幅 3:2</translation>
    </message>
    <message>
        <source>Wide 16:9</source>
        <translation>宽幅 16:9</translation>
    </message>
    <message>
        <source>lacks a required entry</source>
        <translation>缺少必需的条目</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>has a layer with only one of two matrices</source>
        <translation>有一层只有两个矩阵中的一个</translation>
    </message>
    <message>
        <source>has a layer whose two matrices do not fit together</source>
        <translation>有一层的两个矩阵不匹配</translation>
    </message>
    <message>
        <source>has weights in a format of numbers that LoRAs do not have</source>
        <translation>的权重数字格式不是 LoRA 所用的</translation>
    </message>
    <message>
        <source>it is a whole model or a part of one</source>
        <translation>它是完整的模型或模型的一部分</translation>
    </message>
    <message>
        <source>it is an embedding (textual inversion)</source>
        <translation>它是嵌入（textual inversion）</translation>
    </message>
    <message>
        <source>its layers are in another form than LoRA (LyCORIS: LoHa, LoKr, OFT, IA3 or others)</source>
        <translation>它的层不是 LoRA 形式（LyCORIS：LoHa、LoKr、OFT、IA3 等）</translation>
    </message>
    <message>
        <source>it holds no LoRA layers that are known here</source>
        <translation>其中没有这里认识的 LoRA 层</translation>
    </message>
    <message>
        <source>its convolutions are split in three (CP decomposition)</source>
        <translation>它的卷积被拆成三个（CP 分解）</translation>
    </message>
    <message>
        <source>it is made for pictures as input (control LoRA)</source>
        <translation>它需要以图片作为输入（控制 LoRA）</translation>
    </message>
    <message>
        <source>its DoRA part is not used</source>
        <translation>未使用其中的 DoRA 部分</translation>
    </message>
    <message>
        <source>some of its weights are not used</source>
        <translation>未使用其中的一些权重</translation>
    </message>
    <message>
        <source>is not readable as JSON</source>
        <translation>不是可读的 JSON</translation>
    </message>
    <message>
        <source>is cut off</source>
        <translation>不完整，末尾被截断</translation>
    </message>
    <message>
        <source>has a header that contradicts its contents</source>
        <translation>文件头与内容不符</translation>
    </message>
    <message>
        <source>is larger than any such file should be</source>
        <translation>大得超出了这类文件应有的大小</translation>
    </message>
    <message>
        <source>is nested deeper than any such file should be</source>
        <translation>嵌套层数超出了这类文件应有的限度</translation>
    </message>
    <message>
        <source>is one of too many files for a model</source>
        <translation>所在的模型文件过多</translation>
    </message>
    <message>
        <source>points to a place outside the model folder</source>
        <translation>指向模型文件夹以外的位置</translation>
    </message>
    <message>
        <source>is not an ordinary file</source>
        <translation>不是普通文件</translation>
    </message>
    <message>
        <source>weights in this format can carry code</source>
        <translation>这种格式的权重可能带有代码</translation>
    </message>
    <message>
        <source>it is code</source>
        <translation>它是代码</translation>
    </message>
    <message>
        <source>it names code to fetch or to run</source>
        <translation>它指定了要下载或运行的代码</translation>
    </message>
    <message>
        <source>Only one picture can be opened at a time. {file} was opened.</source>
        <translation>一次只能打开一张图片。已打开 {file}。</translation>
    </message>
    <message>
        <source>The recipe of {file} is restored, except for: {lost}.</source>
        <translation>已恢复 {file} 的配方，以下内容除外：{lost}。</translation>
    </message>
    <message>
        <source>The model {model} here has other weights than the one that made {file}: Generate makes another picture.</source>
        <translation>此处的模型 {model} 与生成 {file} 的模型权重不同：点击“生成”会得到另一张图片。</translation>
    </message>
    <message>
        <source>The recipe of {file} is restored.</source>
        <translation>已恢复 {file} 的配方。</translation>
    </message>
    <message>
        <source>Restored from a recipe of {program}: {restored}. Not restored: {lost}.</source>
        <translation>已从 {program} 的配方恢复：{restored}。未能恢复：{lost}。</translation>
    </message>
    <message>
        <source>The recipe is restored.</source>
        <translation>已恢复配方。</translation>
    </message>
    <message>
        <source>The recipe of {program} is restored. Programs compute differently, so Generate makes a similar picture, not the same.</source>
        <translation>已恢复 {program} 的配方。各程序的计算方式不同，因此生成的图片会相似，但不会完全相同。</translation>
    </message>
    <message>
        <source>These LoRAs are other files here, under the same name: {names}. The picture will differ.</source>
        <translation>这些 LoRA 在这里是同名的其他文件：{names}。图片会有所不同。</translation>
    </message>
    <message>
        <source>These embeddings are other files here, under the same name: {names}. The picture will differ.</source>
        <translation>以下嵌入在这里名称相同，但文件不同：{names}。生成的图片会有差异。</translation>
    </message>
    <message>
        <source>Step {step} will be saved when the running picture is finished.</source>
        <translation>当前图片完成后即保存第 {step} 步。</translation>
    </message>
    <message>
        <source>The memory will be freed when the current run ends or pauses.</source>
        <translation>当前生成结束或暂停后即释放内存。</translation>
    </message>
    <message>
        <source>The model is unloaded; the next picture loads it again.</source>
        <translation>模型已卸载；生成下一张图片时会重新加载。</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Saved as {file}.</source>
        <translation>已保存为 {file}。</translation>
    </message>
    <message>
        <source>removing “{prompt}” from the queue</source>
        <translation>从队列移除“{prompt}”</translation>
    </message>
    <message>
        <source>“{prompt}” was removed from the queue.</source>
        <translation>已从队列移除“{prompt}”。</translation>
    </message>
    <message>
        <source>clearing the queue</source>
        <translation>清空队列</translation>
    </message>
    <message>
        <source>The queue was cleared.</source>
        <translation>队列已清空。</translation>
    </message>
    <message>
        <source>moving “{prompt}” in the queue</source>
        <translation>在队列中移动“{prompt}”</translation>
    </message>
    <message>
        <source>choosing {count} of {all} seeds</source>
        <translation>从 {all} 个种子中选择 {count} 个</translation>
    </message>
    <message>
        <source>{count} of {all} seeds are finished; the others are discarded.</source>
        <translation>将完成 {all} 个种子中的 {count} 个，其余已丢弃。</translation>
    </message>
    <message>
        <source>All {all} seeds are discarded.</source>
        <translation>{all} 个种子已全部丢弃。</translation>
    </message>
    <message>
        <source>Try anyway</source>
        <translation>仍然尝试</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>deleting the run “{title}”</source>
        <translation>删除生成过程“{title}”</translation>
    </message>
    <message>
        <source>The run “{title}” was moved to the trash.</source>
        <translation>生成过程“{title}”已移到回收站。</translation>
    </message>
    <message>
        <source>{file} was moved to the trash.</source>
        <translation>{file} 已移到回收站。</translation>
    </message>
    <message>
        <source>deleting {file}</source>
        <translation>删除 {file}</translation>
    </message>
    <message>
        <source>{file} was moved to the trash. Its steps stay in the history: branches need them.</source>
        <translation>{file} 已移到回收站。它的步骤留在历史中：分支需要这些步骤。</translation>
    </message>
    <message>
        <source>deleting {count} pictures and runs</source>
        <translation>删除 {count} 张图片和生成过程</translation>
    </message>
    <message>
        <source>{count} pictures and runs were moved to the trash.</source>
        <translation>{count} 张图片和生成过程已移到回收站。</translation>
    </message>
    <message>
        <source>deleting {count} pictures</source>
        <translation>删除 {count} 张图片</translation>
    </message>
    <message>
        <source>{count} pictures were moved to the trash.</source>
        <translation>已将 {count} 张图片移到回收站。</translation>
    </message>
    <message>
        <source>restoring {file}</source>
        <translation>恢复 {file}</translation>
    </message>
    <message>
        <source>restoring {count} items</source>
        <translation>恢复 {count} 项</translation>
    </message>
    <message>
        <source>{file} was restored.</source>
        <translation>{file} 已恢复。</translation>
    </message>
    <message>
        <source>{count} items were restored.</source>
        <translation>已恢复 {count} 项。</translation>
    </message>
    <message>
        <source>renaming {file}</source>
        <translation>重命名 {file}</translation>
    </message>
    <message>
        <source>{file} is now called {name}.</source>
        <translation>{file} 已重命名为 {name}。</translation>
    </message>
    <message>
        <source>moving {file}</source>
        <translation>移动 {file}</translation>
    </message>
    <message>
        <source>moving {count} pictures</source>
        <translation>移动 {count} 张图片</translation>
    </message>
    <message>
        <source>{file} was moved to {folder}.</source>
        <translation>{file} 已移到 {folder}。</translation>
    </message>
    <message>
        <source>{count} pictures were moved to {folder}.</source>
        <translation>已将 {count} 张图片移到 {folder}。</translation>
    </message>
    <message>
        <source>About Safelight</source>
        <translation>关于 Safelight</translation>
    </message>
    <message>
        <source>Watch a picture develop, steer it, keep every step. Everything runs on this computer.</source>
        <translation>观看图片逐步生成，随时引导，保留每一步。一切都在这台电脑上进行。</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>The libraries that Safelight runs on here.</source>
        <translation>Safelight 在这台电脑上使用的库。</translation>
    </message>
    <message>
        <source>Third-party work included in Safelight, and its licences.</source>
        <translation>Safelight 包含的第三方作品及其许可证。</translation>
    </message>
    <message>
        <source>Copy the versions for a problem report.</source>
        <translation>复制各个版本号，便于报告问题。</translation>
    </message>
    <message>
        <source>Open the folder with Safelight&apos;s log file.</source>
        <translation>打开 Safelight 日志文件所在的文件夹。</translation>
    </message>
    <message>
        <source>Close this window.</source>
        <translation>关闭此窗口。</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详情</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>The finished picture of: {prompt}</source>
        <translation>已完成的图片：{prompt}</translation>
    </message>
    <message>
        <source>Step {number} of {calls}, approximate preview, of: {prompt}</source>
        <translation>第 {number} 步，共 {calls} 步，近似预览：{prompt}</translation>
    </message>
    <message>
        <source>Step {number} of {calls}, of: {prompt}</source>
        <translation>第 {number} 步，共 {calls} 步：{prompt}</translation>
    </message>
    <message>
        <source>Previews are off. The picture appears at the end.</source>
        <translation>预览已关闭。图片会在最后显示。</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>Reading the prompt…</source>
        <translation>正在读取提示词…</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>正在准备…</translation>
    </message>
    <message>
        <source>Compared with: {what}. Alt+← and Alt+→ move the line between them.</source>
        <translation>对比：{what}。Alt+← 和 Alt+→ 移动两者之间的分界线。</translation>
    </message>
    <message>
        <source>Compared with: {what}.</source>
        <translation>对比：{what}。</translation>
    </message>
    <message>
        <source>Alternating with: {what}. Enter shows the other one.</source>
        <translation>交替显示：{what}。按 Enter 切换到另一张。</translation>
    </message>
    <message>
        <source>Difference from: {what}. Brighter means that the two differ more.</source>
        <translation>与“{what}”的差异：越亮，两图差别越大。</translation>
    </message>
    <message>
        <source>Describe a picture and press Generate. Each step appears here as it is computed.</source>
        <translation>描述一张图片，然后按“生成”。每算完一步，就会显示在这里。</translation>
    </message>
    <message>
        <source>This view is not available for this step.</source>
        <translation>这一步没有这种视图。</translation>
    </message>
    <message>
        <source>Being computed…</source>
        <translation>正在计算…</translation>
    </message>
    <message>
        <source>Queued.</source>
        <translation>排队中。</translation>
    </message>
    <message>
        <source>Paused before the first step.</source>
        <translation>在第一步之前已暂停。</translation>
    </message>
    <message>
        <source>Stopped before the first step.</source>
        <translation>在第一步之前已停止。</translation>
    </message>
    <message>
        <source>The finished picture</source>
        <translation>完成的图片</translation>
    </message>
    <message>
        <source>{view} · not available for this step, showing the noise instead</source>
        <translation>{view} · 这一步没有此视图，以噪声代替</translation>
    </message>
    <message>
        <source>{view} · not available for this step, showing the estimate instead</source>
        <translation>{view} · 这一步没有此视图，以估计代替</translation>
    </message>
    <message>
        <source>{view} · available at the next step, showing the noise until then</source>
        <translation>{view} · 下一步时可用，暂以噪声代替</translation>
    </message>
    <message>
        <source>{view} · available at the next step, showing the estimate until then</source>
        <translation>{view} · 下一步时可用，暂以估计代替</translation>
    </message>
    <message>
        <source>{view} · available when no run is active, showing the noise until then</source>
        <translation>{view} · 没有生成在运行时可用，暂以噪声代替</translation>
    </message>
    <message>
        <source>{view} · available when no run is active, showing the estimate until then</source>
        <translation>{view} · 没有生成在运行时可用，暂以估计代替</translation>
    </message>
    <message>
        <source>{view} · being computed…</source>
        <translation>{view} · 正在计算…</translation>
    </message>
    <message>
        <source>Difference · Brighter means that the two pictures differ more.</source>
        <translation>差异 · 越亮，两图差别越大。</translation>
    </message>
    <message>
        <source>{what} (click or press Enter for the other one)</source>
        <translation>{what}（单击或按 Enter 显示另一张）</translation>
    </message>
    <message>
        <source>step {number} · {what}</source>
        <translation>第 {number} 步 · {what}</translation>
    </message>
    <message>
        <source>approximate preview</source>
        <translation>近似预览</translation>
    </message>
    <message>
        <source>Zoom the picture</source>
        <translation>缩放图片</translation>
    </message>
    <message>
        <source>+, −, wheel</source>
        <translation>+、−、滚轮</translation>
    </message>
    <message>
        <source>Fit the picture</source>
        <translation>图片适合窗口</translation>
    </message>
    <message>
        <source>Show every pixel</source>
        <translation>逐像素显示</translation>
    </message>
    <message>
        <source>wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>Move a zoomed picture</source>
        <translation>移动放大的图片</translation>
    </message>
    <message>
        <source>Shift+arrows</source>
        <translation>Shift+方向键</translation>
    </message>
    <message>
        <source>Move the line between two pictures</source>
        <translation>移动两图之间的分隔线</translation>
    </message>
    <message>
        <source>Show the other one of two alternating pictures</source>
        <translation>交替显示时切换到另一张</translation>
    </message>
    <message>
        <source>Move the loupe and the values</source>
        <translation>移动放大镜和数值位置</translation>
    </message>
    <message>
        <source>Alt+Shift+arrows</source>
        <translation>Alt+Shift+方向键</translation>
    </message>
    <message>
        <source>The picture at the current step. The wheel, + and − zoom, 0 fits the picture, 1 shows every pixel, ← and → change the step, V shows the values under the pointer, Z magnifies what is there, and Alt+Shift with the arrow keys moves both.</source>
        <translation>当前步骤的图片。滚轮或 + 和 − 缩放，0 适合窗口，1 逐像素显示，← 和 → 换步，V 显示指针处的数值，Z 放大该处，Alt+Shift 加方向键同时移动两者。</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Save this step</source>
        <translation>保存这一步</translation>
    </message>
    <message>
        <source>Values under the pointer</source>
        <translation>指针处的数值</translation>
    </message>
    <message>
        <source>Loupe</source>
        <translation>放大镜</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Zoom the timeline</source>
        <translation>缩放时间轴</translation>
    </message>
    <message>
        <source>Alt+wheel, Ctrl+wheel, +, −</source>
        <translation>Alt+滚轮、Ctrl+滚轮、+、−</translation>
    </message>
    <message>
        <source>Show the whole run in the timeline</source>
        <translation>时间轴显示整次运行</translation>
    </message>
    <message>
        <source>Set or remove a pause in the timeline</source>
        <translation>在时间轴上设置或取消暂停</translation>
    </message>
    <message>
        <source>Shift+click</source>
        <translation>Shift+单击</translation>
    </message>
    <message>
        <source>Every step of the run, from the starting noise to the picture. Click, drag or press ← and → to view a step, Shift+click to pause after it; + and − zoom.</source>
        <translation>这次运行的每一步，从起始噪声到成图。点击、拖动或按 ← 和 → 查看某一步，Shift+点击则在这一步之后暂停；+ 和 − 缩放。</translation>
    </message>
    <message>
        <source>There is no recording of this picture&apos;s steps. Generate it again to see them.</source>
        <translation>这张图片的步骤没有记录。重新生成即可查看。</translation>
    </message>
    <message>
        <source>The steps of the next run appear here.</source>
        <translation>下一次生成的步骤会显示在这里。</translation>
    </message>
    <message>
        <source>Pause after this step</source>
        <translation>在这一步之后暂停</translation>
    </message>
    <message>
        <source>Branch from this step</source>
        <translation>从这一步分支</translation>
    </message>
    <message>
        <source>Step {number} · the run pauses here</source>
        <translation>第 {number} 步 · 将在此暂停</translation>
    </message>
    <message>
        <source>Step {number} · Shift+click to pause here</source>
        <translation>第 {number} 步 · Shift+单击可在此暂停</translation>
    </message>
    <message>
        <source>Step {number}</source>
        <translation>第 {number} 步</translation>
    </message>
    <message>
        <source>Step {number} · {share} % noise</source>
        <translation>第 {number} 步 · 噪声 {share}%</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>Open a picture and its recipe</source>
        <translation>打开图片及其配方</translation>
    </message>
    <message>
        <source>Open a model file</source>
        <translation>打开模型文件</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Choose a picture to compare</source>
        <translation>选择要对照的图片</translation>
    </message>
    <message>
        <source>Open a model folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>Choose the folder for the picture</source>
        <translation>选择图片的文件夹</translation>
    </message>
    <message>
        <source>Save the picture as</source>
        <translation>图片另存为</translation>
    </message>
    <message>
        <source>With the recipe</source>
        <translation>包含配方</translation>
    </message>
    <message>
        <source>Only the picture</source>
        <translation>仅图片</translation>
    </message>
    <message>
        <source>File name</source>
        <translation>文件名</translation>
    </message>
    <message>
        <source>The name of the file. With .png, .jpg and the like at its end it also chooses the format.</source>
        <translation>文件的名称。以 .png、.jpg 等结尾时，也会同时选定格式。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Choose another folder for the picture.</source>
        <translation>为图片选择另一个文件夹。</translation>
    </message>
    <message>
        <source>The type of the file.</source>
        <translation>文件的类型。</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>From 1 to 100. A higher quality makes a larger file. A PNG is always exact.</source>
        <translation>从 1 到 100。质量越高，文件越大。PNG 始终无损。</translation>
    </message>
    <message>
        <source>Whether the prompt and all settings are stored in the file, so that the picture can be made again from it.</source>
        <translation>是否将提示词和全部设置存入文件，以便日后据此重新生成该图片。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save the picture. Nothing is overwritten.</source>
        <translation>保存图片。不会覆盖任何文件。</translation>
    </message>
    <message>
        <source>A smaller file that every program opens.</source>
        <translation>文件较小，所有程序都能打开。</translation>
    </message>
    <message>
        <source>Smaller than JPEG at the same quality; browsers and newer programs open it.</source>
        <translation>同等质量下比 JPEG 更小；浏览器和较新的程序可以打开。</translation>
    </message>
    <message>
        <source>The smallest file at the same quality; newer browsers and programs open it.</source>
        <translation>同等质量下文件最小；较新的浏览器和程序可以打开。</translation>
    </message>
    <message>
        <source>Exact pixels and a larger file; every program opens it.</source>
        <translation>像素完全无损，文件较大；所有程序都能打开。</translation>
    </message>
    <message>
        <source>Some pictures are not saved yet.</source>
        <translation>有图片尚未保存。</translation>
    </message>
    <message>
        <source>They are kept in memory only. Keep the window open and save them somewhere else, or close and discard them?</source>
        <translation>它们只保存在内存中。要保持窗口打开，把它们保存到别处，还是关闭并丢弃它们？</translation>
    </message>
    <message>
        <source>Discard and close</source>
        <translation>丢弃并关闭</translation>
    </message>
    <message>
        <source>A picture is still being generated.</source>
        <translation>仍有一张图片正在生成。</translation>
    </message>
    <message>
        <source>Finish it in the background, pause it and resume it at the next start, or discard it? The queue is kept.</source>
        <translation>要在后台完成它，暂停并在下次启动时继续，还是丢弃它？队列会保留。</translation>
    </message>
    <message>
        <source>Finish, then close</source>
        <translation>完成后关闭</translation>
    </message>
    <message>
        <source>No picture is being generated any more.</source>
        <translation>已没有图片正在生成。</translation>
    </message>
    <message>
        <source>Close Safelight? The queue is kept.</source>
        <translation>要关闭 Safelight 吗？队列会保留。</translation>
    </message>
    <message>
        <source>Keep open</source>
        <translation>不关闭</translation>
    </message>
    <message>
        <source>Open picture…</source>
        <translation>打开图片…</translation>
    </message>
    <message>
        <source>Open model folder…</source>
        <translation>打开模型文件夹…</translation>
    </message>
    <message>
        <source>The prompts that you use are listed here.</source>
        <translation>用过的提示词会列在这里。</translation>
    </message>
    <message>
        <source>Save the prompt as a style…</source>
        <translation>将提示词存为风格…</translation>
    </message>
    <message>
        <source>Reading the list of models…</source>
        <translation>正在读取模型列表…</translation>
    </message>
    <message>
        <source>Describe a picture first.</source>
        <translation>请先描述一张图片。</translation>
    </message>
    <message>
        <source>The choices in braces make more than {most} prompts. Remove some.</source>
        <translation>花括号中的选项会产生超过 {most} 条提示词。请删去一些。</translation>
    </message>
    <message>
        <source>The prompts name {count} embeddings; at most {most} can work together. Remove some of their names.</source>
        <translation>提示词中有 {count} 个嵌入的名称；最多可同时使用 {most} 个。请删去一些名称。</translation>
    </message>
    <message>
        <source>{sampler} does not work with this model. {other} was selected instead.</source>
        <translation>{sampler} 不适用于此模型，已改用 {other}。</translation>
    </message>
    <message>
        <source>Does not work with this model: {reason}.</source>
        <translation>不适用于此模型：{reason}。</translation>
    </message>
    <message>
        <source>Suits this model: {value}, {source}.</source>
        <translation>适合该模型的值：{value}（{source}）。</translation>
    </message>
    <message>
        <source>This model makes pictures without a prompt.</source>
        <translation>该模型不需要提示词即可生成图片。</translation>
    </message>
    <message>
        <source>It is not known how well this model understands Chinese. English is the safe choice.</source>
        <translation>尚不清楚该模型对中文的理解程度，使用英文更稳妥。</translation>
    </message>
    <message>
        <source>This model does not understand Chinese. Write the prompt in English.</source>
        <translation>此模型不懂中文，请用英文写提示词。</translation>
    </message>
    <message>
        <source>This model reads weights such as (word:1.2) as plain text.</source>
        <translation>该模型会把 (词:1.2) 这样的权重当作普通文字。</translation>
    </message>
    <message>
        <source>Has no effect while guidance is 1 or less.</source>
        <translation>引导强度不大于 1 时不起作用。</translation>
    </message>
    <message>
        <source>Trained at {side} × {side}: other sizes can look distorted.</source>
        <translation>模型以 {side} × {side} 训练：其他尺寸可能会变形。</translation>
    </message>
    <message>
        <source>Add words that you use often to the prompt.</source>
        <translation>将常用的词语加入提示词。</translation>
    </message>
    <message>
        <source>Open LoRA files…</source>
        <translation>打开 LoRA 文件…</translation>
    </message>
    <message>
        <source>Open a folder of LoRAs…</source>
        <translation>打开 LoRA 文件夹…</translation>
    </message>
    <message>
        <source>Open LoRA files</source>
        <translation>打开 LoRA 文件</translation>
    </message>
    <message>
        <source>LoRA files</source>
        <translation>LoRA 文件</translation>
    </message>
    <message>
        <source>Open a folder of LoRAs</source>
        <translation>打开 LoRA 文件夹</translation>
    </message>
    <message>
        <source>{on} of {count} on</source>
        <translation>已开启 {on}/{count}</translation>
    </message>
    <message>
        <source>Add a LoRA</source>
        <translation>添加 LoRA</translation>
    </message>
    <message>
        <source>Choose a LoRA, or open its file. You can also drop it on the window.</source>
        <translation>选择 LoRA，或打开它的文件。也可以把文件拖到窗口上。</translation>
    </message>
    <message>
        <source>This LoRA is not on this computer, so it is not used. Open its file.</source>
        <translation>此 LoRA 不在这台电脑上，因此不会使用。请打开它的文件。</translation>
    </message>
    <message>
        <source>{matched} of {total} layers fit this model</source>
        <translation>{total} 层中有 {matched} 层适合此模型</translation>
    </message>
    <message>
        <source>does not fit {model}</source>
        <translation>不适合 {model}</translation>
    </message>
    <message>
        <source>{matched} of {total} layers fit {model}</source>
        <translation>{total} 层中有 {matched} 层适合 {model}</translation>
    </message>
    <message>
        <source>fits {model}</source>
        <translation>适合 {model}</translation>
    </message>
    <message>
        <source>Add “{words}” to the prompt: this LoRA was trained with it.</source>
        <translation>把“{words}”加到提示词中：此 LoRA 是用它训练的。</translation>
    </message>
    <message>
        <source>{steps} steps</source>
        <translation>{steps} 步</translation>
    </message>
    <message>
        <source>Write an embedding in the prompt</source>
        <translation>把嵌入写进提示词</translation>
    </message>
    <message>
        <source>Write an embedding in the things to avoid</source>
        <translation>把嵌入写进不希望出现的内容</translation>
    </message>
    <message>
        <source>Embeddings in the prompts: {names}</source>
        <translation>提示词中的嵌入：{names}</translation>
    </message>
    <message>
        <source>Until then its name is read as words.</source>
        <translation>在此之前，它的名称按普通词语读取。</translation>
    </message>
    <message>
        <source>1 embedding</source>
        <translation>1 个嵌入</translation>
    </message>
    <message>
        <source>{count} embeddings</source>
        <translation>{count} 个嵌入</translation>
    </message>
    <message>
        <source>Set what this few-step LoRA needs. Its name says that it is one of the kind {kind}.</source>
        <translation>设为此少步 LoRA 所需的参数。从名称看，它属于 {kind} 类。</translation>
    </message>
    <message>
        <source>Strength {value}</source>
        <translation>强度 {value}</translation>
    </message>
    <message>
        <source>Set the strength that is preferred for this LoRA.</source>
        <translation>设为这个 LoRA 的推荐强度。</translation>
    </message>
    <message>
        <source>rank {rank}</source>
        <translation>秩 {rank}</translation>
    </message>
    <message>
        <source>fits this model</source>
        <translation>适合此模型</translation>
    </message>
    <message>
        <source>Strength of {name}</source>
        <translation>{name} 的强度</translation>
    </message>
    <message>
        <source>How strongly this LoRA works: 0 is not at all, 1 as it was made.</source>
        <translation>此 LoRA 作用的强弱：0 为不起作用，1 为制作时的强度。</translation>
    </message>
    <message>
        <source>Turn {name} off</source>
        <translation>关闭 {name}</translation>
    </message>
    <message>
        <source>Turn {name} on</source>
        <translation>开启 {name}</translation>
    </message>
    <message>
        <source>Use this LoRA for the next pictures, or leave it out.</source>
        <translation>接下来的图片是否使用此 LoRA。</translation>
    </message>
    <message>
        <source>More for {name}</source>
        <translation>{name} 的更多操作</translation>
    </message>
    <message>
        <source>Move, show or remove this LoRA.</source>
        <translation>移动、显示或移除此 LoRA。</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Add this LoRA before the one above it.</source>
        <translation>在上面那个 LoRA 之前叠加此 LoRA。</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Add this LoRA after the one below it.</source>
        <translation>在下面那个 LoRA 之后叠加此 LoRA。</translation>
    </message>
    <message>
        <source>Open the folder of this LoRA.</source>
        <translation>打开此 LoRA 所在的文件夹。</translation>
    </message>
    <message>
        <source>Remove this LoRA from the list; its file stays.</source>
        <translation>从列表中移除此 LoRA；文件会保留。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>pauses after step {step}</source>
        <translation>在第 {step} 步后暂停</translation>
    </message>
    <message>
        <source>no pause</source>
        <translation>不暂停</translation>
    </message>
    <message>
        <source>{count} prompts</source>
        <translation>{count} 条提示词</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Several prompts…</source>
        <translation>多条提示词…</translation>
    </message>
    <message>
        <source>Pause after step…</source>
        <translation>在某步后暂停…</translation>
    </message>
    <message>
        <source>Hold in the queue</source>
        <translation>加入队列但不开始</translation>
    </message>
    <message>
        <source>about {seconds} s</source>
        <translation>约 {seconds} 秒</translation>
    </message>
    <message>
        <source>about {minutes} min</source>
        <translation>约 {minutes} 分钟</translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Starts after this run</source>
        <translation>当前运行后开始</translation>
    </message>
    <message>
        <source>Generate this picture after those in the queue.</source>
        <translation>在队列中的图片之后生成这张图片。</translation>
    </message>
    <message>
        <source>Several seeds, two pictures to compare, a grid over two settings, or several prompts.</source>
        <translation>多个种子、两张对比图片、两项设置的网格，或多条提示词。</translation>
    </message>
    <message>
        <source>Generate the picture. You can watch every step.</source>
        <translation>生成图片，每一步都能看到。</translation>
    </message>
    <message>
        <source>Stop immediately (Esc). The finished steps are kept.</source>
        <translation>立即停止 (Esc)，已完成的步骤会保留。</translation>
    </message>
    <message>
        <source>Width × height in pixels. Choose a size, or type one.</source>
        <translation>宽 × 高，单位为像素。可以选择，也可以输入。</translation>
    </message>
    <message>
        <source>How many pictures to generate, each with the next seed.</source>
        <translation>每次生成多少张图片，种子依次加一。</translation>
    </message>
    <message>
        <source>Pause after</source>
        <translation>暂停于</translation>
    </message>
    <message>
        <source>never</source>
        <translation>不暂停</translation>
    </message>
    <message>
        <source>The step after which each picture pauses, so that you can look or branch.</source>
        <translation>每张图片在这一步后暂停，便于查看或分支。</translation>
    </message>
    <message>
        <source>Swap width and height</source>
        <translation>交换宽高</translation>
    </message>
    <message>
        <source>Swap width and height.</source>
        <translation>交换宽度和高度。</translation>
    </message>
    <message>
        <source>Earlier prompts</source>
        <translation>以前的提示词</translation>
    </message>
    <message>
        <source>Use a prompt again. Alt+↑ and Alt+↓ do so while you type.</source>
        <translation>再次使用一条提示词。输入时也可按 Alt+↑ 和 Alt+↓。</translation>
    </message>
    <message>
        <source>Replace the prompt with one that this model draws well ({keys}). Undo restores yours.</source>
        <translation>换成一条此模型擅长的提示词 ({keys})。撤销可恢复原来的内容。</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 步</translation>
    </message>
    <message>
        <source>More ways to generate</source>
        <translation>更多生成方式</translation>
    </message>
    <message>
        <source>Try several seeds…</source>
        <translation>试多个种子…</translation>
    </message>
    <message>
        <source>Compare two pictures…</source>
        <translation>对比生成…</translation>
    </message>
    <message>
        <source>Things to avoid</source>
        <translation>不希望出现的内容</translation>
    </message>
    <message>
        <source>filling in a recipe</source>
        <translation>填入配方</translation>
    </message>
    <message>
        <source>the settings of the LoRA “{name}”</source>
        <translation>LoRA“{name}”的设置</translation>
    </message>
    <message>
        <source>“{name}” is a few-step LoRA ({method}): sampler, steps and guidance were set for it.</source>
        <translation>“{name}”是少步 LoRA（{method}）：已为它设置采样器、步数和引导。</translation>
    </message>
    <message>
        <source>renaming a branch</source>
        <translation>重命名分支</translation>
    </message>
    <message>
        <source>Open a picture and restore its recipe.</source>
        <translation>打开一张图片并恢复它的配方。</translation>
    </message>
    <message>
        <source>Paste recipe</source>
        <translation>粘贴配方</translation>
    </message>
    <message>
        <source>Restore the recipe of a copied picture file, or copied generation parameters of another program.</source>
        <translation>恢复所复制图片文件的配方，或所复制的其他程序的生成参数。</translation>
    </message>
    <message>
        <source>Use a model on this computer, in diffusers layout.</source>
        <translation>使用这台电脑上 diffusers 格式的模型。</translation>
    </message>
    <message>
        <source>Open model file…</source>
        <translation>打开模型文件…</translation>
    </message>
    <message>
        <source>Use a model that is a single safetensors or GGUF file, as ComfyUI, Forge and A1111 use them.</source>
        <translation>使用单个 safetensors 或 GGUF 文件的模型，与 ComfyUI、Forge 和 A1111 使用的相同。</translation>
    </message>
    <message>
        <source>Show the pictures folder</source>
        <translation>显示图片文件夹</translation>
    </message>
    <message>
        <source>Open the folder with all finished pictures.</source>
        <translation>打开存放所有成图的文件夹。</translation>
    </message>
    <message>
        <source>Decode what is on the canvas in full and save it where you choose.</source>
        <translation>完整解码画布上的内容，并保存到您选择的位置。</translation>
    </message>
    <message>
        <source>Export as animation…</source>
        <translation>导出为动画…</translation>
    </message>
    <message>
        <source>Make an animation, a video or a contact sheet of the steps.</source>
        <translation>把各个步骤做成动画、视频或小样张。</translation>
    </message>
    <message>
        <source>Keep the steps up to this one and continue with changes.</source>
        <translation>保留到这一步为止的步骤，改动后继续。</translation>
    </message>
    <message>
        <source>Add the noise of this step to the finished picture and denoise it again from there.</source>
        <translation>给成图加上这一步的噪声，并从那里重新去噪。</translation>
    </message>
    <message>
        <source>Generate the first steps of several pictures, then choose which to finish.</source>
        <translation>生成多张图片的前几步，然后选择要完成哪些。</translation>
    </message>
    <message>
        <source>Generate two pictures that differ in one setting, step by step together.</source>
        <translation>生成只有一项设置不同的两张图片，逐步同时进行。</translation>
    </message>
    <message>
        <source>Generate a picture of each of several prompts, one on each line.</source>
        <translation>为多条提示词各生成一张图片，每行一条。</translation>
    </message>
    <message>
        <source>Grid over two settings…</source>
        <translation>两项设置的网格…</translation>
    </message>
    <message>
        <source>Generate a picture of each combination of two settings, with a contact sheet.</source>
        <translation>为两项设置的每种组合生成一张图片，并附小样张。</translation>
    </message>
    <message>
        <source>Edit styles…</source>
        <translation>编辑风格…</translation>
    </message>
    <message>
        <source>Write, rename and delete words that you use often.</source>
        <translation>编写、重命名和删除常用的词语。</translation>
    </message>
    <message>
        <source>What does it know?</source>
        <translation>它认识哪些词？</translation>
    </message>
    <message>
        <source>Show everything that this model knows.</source>
        <translation>显示此模型认识的所有内容。</translation>
    </message>
    <message>
        <source>Show examples</source>
        <translation>显示示例</translation>
    </message>
    <message>
        <source>Show the examples of the first start again.</source>
        <translation>再次显示首次启动时的示例。</translation>
    </message>
    <message>
        <source>Compare the picture with another picture, branch or view, or show it alone again.</source>
        <translation>将图片与另一张图片、分支或视图对照，或恢复单图显示。</translation>
    </message>
    <message>
        <source>Compare: {how}</source>
        <translation>对照：{how}</translation>
    </message>
    <message>
        <source>Replace the prompt with one that this model draws well.</source>
        <translation>换成一条这个模型擅长的提示词。</translation>
    </message>
    <message>
        <source>Stop immediately. The finished steps are kept.</source>
        <translation>立即停止，已完成的步骤会保留。</translation>
    </message>
    <message>
        <source>Play, pause or resume</source>
        <translation>播放、暂停或继续</translation>
    </message>
    <message>
        <source>Play the steps of a finished run like film; pause a live run after this step, or resume it.</source>
        <translation>像影片一样播放已完成运行的各步；让正在生成的运行在这一步之后暂停，或让它继续。</translation>
    </message>
    <message>
        <source>Go one step back.</source>
        <translation>后退一步。</translation>
    </message>
    <message>
        <source>Go one step forward.</source>
        <translation>前进一步。</translation>
    </message>
    <message>
        <source>Go to the noise that the run starts from.</source>
        <translation>回到生成开始时的噪声。</translation>
    </message>
    <message>
        <source>Go to the newest step and follow the run from there.</source>
        <translation>转到最新一步，并从那里跟随生成。</translation>
    </message>
    <message>
        <source>Make the picture larger; the wheel does the same.</source>
        <translation>放大图片；滚轮也可以。</translation>
    </message>
    <message>
        <source>Make the picture smaller; the wheel does the same.</source>
        <translation>缩小图片；滚轮也可以。</translation>
    </message>
    <message>
        <source>Show the whole picture as large as it fits.</source>
        <translation>完整显示图片，尽可能大。</translation>
    </message>
    <message>
        <source>Show every pixel of the picture as one pixel of the screen.</source>
        <translation>图片的每个像素对应屏幕的一个像素。</translation>
    </message>
    <message>
        <source>Widen the left panel</source>
        <translation>加宽左侧面板</translation>
    </message>
    <message>
        <source>Narrow the left panel</source>
        <translation>收窄左侧面板</translation>
    </message>
    <message>
        <source>Widen the inspector</source>
        <translation>加宽检查器</translation>
    </message>
    <message>
        <source>Narrow the inspector</source>
        <translation>收窄检查器</translation>
    </message>
    <message>
        <source>Raise the timeline</source>
        <translation>加高时间线</translation>
    </message>
    <message>
        <source>Lower the timeline</source>
        <translation>降低时间线</translation>
    </message>
    <message>
        <source>Resize a panel; dragging its edge does the same.</source>
        <translation>调整面板大小；拖动面板边缘效果相同。</translation>
    </message>
    <message>
        <source>Restore panel sizes</source>
        <translation>恢复面板大小</translation>
    </message>
    <message>
        <source>Give all panels their usual sizes; a double click on an edge does so for one.</source>
        <translation>让所有面板恢复默认大小；双击某条边缘则只恢复一个。</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Magnify what is under the pointer, in both pictures if two are shown.</source>
        <translation>放大指针所在之处；显示两张图片时同时放大两张。</translation>
    </message>
    <message>
        <source>Show or hide the latents&apos; values under the pointer.</source>
        <translation>显示或隐藏指针处的潜变量数值。</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>{arrived} of {count} seeds</source>
        <translation>种子 {arrived} / {count}</translation>
    </message>
    <message>
        <source>Choose which to finish</source>
        <translation>选择要完成的</translation>
    </message>
    <message>
        <source>Go back to the paused seeds and choose which to finish.</source>
        <translation>返回已暂停的种子，选择要完成的。</translation>
    </message>
    <message>
        <source>Pause and close</source>
        <translation>暂停并关闭</translation>
    </message>
    <message>
        <source>Copy what is on the canvas.</source>
        <translation>复制画布上的内容。</translation>
    </message>
    <message>
        <source>Branch from this step…</source>
        <translation>从这一步分支…</translation>
    </message>
    <message>
        <source>Refine…</source>
        <translation>精修…</translation>
    </message>
    <message>
        <source>Free memory</source>
        <translation>释放内存</translation>
    </message>
    <message>
        <source>Prompt panel</source>
        <translation>提示词面板</translation>
    </message>
    <message>
        <source>Show or hide the prompt and its settings.</source>
        <translation>显示或隐藏提示词及其设置。</translation>
    </message>
    <message>
        <source>Show or hide the recipe and the step of the picture, and the history.</source>
        <translation>显示或隐藏图片的配方和步骤以及历史。</translation>
    </message>
    <message>
        <source>Show or hide the strip of all steps.</source>
        <translation>显示或隐藏所有步骤的胶片条。</translation>
    </message>
    <message>
        <source>Your pictures appear here.</source>
        <translation>您的图片会显示在这里。</translation>
    </message>
    <message>
        <source>Remove the star of the selected run</source>
        <translation>取消所选项的星标</translation>
    </message>
    <message>
        <source>Star the selected run</source>
        <translation>给所选项加星标</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>搜索历史</translation>
    </message>
    <message>
        <source>Words of the prompt, a model, a sampler or a seed, in English or Chinese.</source>
        <translation>提示词中的字词、模型、采样器或种子，中英文均可。</translation>
    </message>
    <message>
        <source>Stars</source>
        <translation>星标</translation>
    </message>
    <message>
        <source>Show only what has a star.</source>
        <translation>只显示加了星标的。</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Runs to show</source>
        <translation>显示哪些</translation>
    </message>
    <message>
        <source>All runs, or only those without a finished picture.</source>
        <translation>显示全部，或只显示没有完成图片的。</translation>
    </message>
    <message>
        <source>Show the selected run</source>
        <translation>显示所选项</translation>
    </message>
    <message>
        <source>Show the run with all its steps, as far as they are recorded.</source>
        <translation>显示它的全部步骤（只要有记录）。</translation>
    </message>
    <message>
        <source>Resume the selected run</source>
        <translation>继续所选项</translation>
    </message>
    <message>
        <source>Continue the run from its newest step.</source>
        <translation>从最新的一步继续生成。</translation>
    </message>
    <message>
        <source>Reuse the selected run</source>
        <translation>沿用所选项</translation>
    </message>
    <message>
        <source>Fill in the prompt and all settings of the run at the left.</source>
        <translation>把它的提示词和全部设置填入左侧。</translation>
    </message>
    <message>
        <source>Give the selected run a star, or remove its star.</source>
        <translation>为所选的生成添加或取消星标。</translation>
    </message>
    <message>
        <source>Delete the selected run</source>
        <translation>删除所选项</translation>
    </message>
    <message>
        <source>Move the selected picture or run to the trash.</source>
        <translation>把所选图片或生成过程移到回收站。</translation>
    </message>
    <message>
        <source>No run matches.</source>
        <translation>没有匹配的记录。</translation>
    </message>
    <message>
        <source>The runs of every session appear here.</source>
        <translation>这里显示每次启动中的全部生成过程。</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>All runs with their branches. Enter shows one, S stars it, Delete moves it to the trash, the menu key has the rest.</source>
        <translation>全部生成过程及其分支。回车显示，S 加星标，Delete 移到回收站，菜单键打开其余操作。</translation>
    </message>
    <message>
        <source>Running, step {step} of {steps}</source>
        <translation>正在生成，第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Not saved yet, only in memory</source>
        <translation>尚未保存，仅在内存中</translation>
    </message>
    <message>
        <source>its picture was deleted or moved; its steps are kept: branches need them</source>
        <translation>图片已删除或移走；步骤保留：分支需要这些步骤</translation>
    </message>
    <message>
        <source>its picture was deleted or moved; its steps are kept</source>
        <translation>图片已删除或移走；步骤保留</translation>
    </message>
    <message>
        <source>branch from step {step}</source>
        <translation>从第 {step} 步分支</translation>
    </message>
    <message>
        <source>Captions</source>
        <translation>步骤说明</translation>
    </message>
    <message>
        <source>Show or hide the line that says what happens in the step.</source>
        <translation>显示或隐藏说明这一步发生了什么的那一行。</translation>
    </message>
    <message>
        <source>Go to {place}.</source>
        <translation>转到“{place}”。</translation>
    </message>
    <message>
        <source>Show the queue.</source>
        <translation>显示队列。</translation>
    </message>
    <message>
        <source>Search models</source>
        <translation>搜索模型</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Find any action by its name and run it.</source>
        <translation>按名称查找任意操作并执行。</translation>
    </message>
    <message>
        <source>Next region</source>
        <translation>下一个区域</translation>
    </message>
    <message>
        <source>Move the focus from the rail or a panel to the next one.</source>
        <translation>将焦点从侧栏或面板移到下一个。</translation>
    </message>
    <message>
        <source>Previous region</source>
        <translation>上一个区域</translation>
    </message>
    <message>
        <source>Move the focus from the rail or a panel to the one before it.</source>
        <translation>将焦点从侧栏或面板移到上一个。</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Show only the canvas and its timeline.</source>
        <translation>只显示画布和它的时间线。</translation>
    </message>
    <message>
        <source>Unload the model; the next picture loads it again.</source>
        <translation>卸载模型；下一张图片会重新加载它。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Language, colours, folders and memory.</source>
        <translation>语言、颜色、文件夹和内存。</translation>
    </message>
    <message>
        <source>Show the log folder</source>
        <translation>显示日志文件夹</translation>
    </message>
    <message>
        <source>Open the folder with the log files.</source>
        <translation>打开存放日志文件的文件夹。</translation>
    </message>
    <message>
        <source>All keys, the tour, the examples and the words that the model knows.</source>
        <translation>所有快捷键、导览、示例以及模型认识的词语。</translation>
    </message>
    <message>
        <source>Version and licences.</source>
        <translation>版本和许可证。</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Close the window; everything is kept.</source>
        <translation>关闭窗口；所有内容都会保留。</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Open pictures and models, show panels, quit.</source>
        <translation>打开图片和模型、显示面板、退出。</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>面板</translation>
    </message>
    <message>
        <source>Show or hide the panels of this place.</source>
        <translation>显示或隐藏此页的面板。</translation>
    </message>
    <message>
        <source>Starter</source>
        <translation>入门模型</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>What the picture shows. Ctrl+↑/↓ weighs the selected words, Alt+↑/↓ brings earlier prompts back.</source>
        <translation>图片的内容。Ctrl+↑/↓ 调整所选词语的权重，Alt+↑/↓ 找回以前的提示词。</translation>
    </message>
    <message>
        <source>prompt: {value}</source>
        <translation>提示词：{value}</translation>
    </message>
    <message>
        <source>What the picture shows, from this step on.</source>
        <translation>从这一步起画面的内容。</translation>
    </message>
    <message>
        <source>What to keep out of the picture.</source>
        <translation>不希望在画面中出现的内容。</translation>
    </message>
    <message>
        <source>things to avoid: {value}</source>
        <translation>不希望出现的内容：{value}</translation>
    </message>
    <message>
        <source>What to keep out of the picture, from this step on.</source>
        <translation>从这一步起不希望在画面中出现的内容。</translation>
    </message>
    <message>
        <source>The number of denoising steps. More steps take longer and can show more detail.</source>
        <translation>去噪的步数。步数越多用时越长，细节也可能越多。</translation>
    </message>
    <message>
        <source>{value} steps</source>
        <translation>{value} 步</translation>
    </message>
    <message>
        <source>The two are compared by step number, so the one with fewer steps is always further along.</source>
        <translation>两张图片按步数编号对比，因此步数少的一张总是更接近完成。</translation>
    </message>
    <message>
        <source>The method that removes the noise, step by step.</source>
        <translation>逐步去除噪声的方法。</translation>
    </message>
    <message>
        <source>sampler {value}</source>
        <translation>采样器 {value}</translation>
    </message>
    <message>
        <source>The method that removes the noise in the remaining steps.</source>
        <translation>在剩余步骤中去除噪声的方法。</translation>
    </message>
    <message>
        <source>How closely the picture follows the prompt. 1 turns guidance off; very high values look harsh.</source>
        <translation>画面贴近提示词的程度。1 表示关闭引导，过高时画面会显得生硬。</translation>
    </message>
    <message>
        <source>guidance {value}</source>
        <translation>引导强度 {value}</translation>
    </message>
    <message>
        <source>How closely the picture follows the prompt, from this step on.</source>
        <translation>从这一步起画面贴近提示词的程度。</translation>
    </message>
    <message>
        <source>Chooses the starting noise. The same seed and settings give the same picture again.</source>
        <translation>决定起始噪声。相同的种子和设置会得到相同的图片。</translation>
    </message>
    <message>
        <source>seed {value}</source>
        <translation>种子 {value}</translation>
    </message>
    <message>
        <source>Another seed starts from other noise and gives a different picture from the first step.</source>
        <translation>换一个种子，起始噪声就不同，从第一步起就是另一张图片。</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Width of the picture in pixels.</source>
        <translation>图片的宽度，单位为像素。</translation>
    </message>
    <message>
        <source>width {value} px</source>
        <translation>宽 {value} 像素</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>Height of the picture in pixels.</source>
        <translation>图片的高度，单位为像素。</translation>
    </message>
    <message>
        <source>height {value} px</source>
        <translation>高 {value} 像素</translation>
    </message>
    <message>
        <source>The model that generates the picture. Each model knows other subjects and styles.</source>
        <translation>生成图片的模型。每个模型会的题材和风格各不相同。</translation>
    </message>
    <message>
        <source>model {value}</source>
        <translation>模型 {value}</translation>
    </message>
    <message>
        <source>Only one model is loaded at a time: the second picture is generated after the first.</source>
        <translation>一次只加载一个模型：先生成第一张图片，再生成第二张。</translation>
    </message>
    <message>
        <source>A second model that makes the last steps, for finer detail.</source>
        <translation>完成最后几步的第二个模型，可得到更精细的细节。</translation>
    </message>
    <message>
        <source>refiner {value}</source>
        <translation>精修模型 {value}</translation>
    </message>
    <message>
        <source>no refiner</source>
        <translation>无精修模型</translation>
    </message>
    <message>
        <source>Refine from</source>
        <translation>精修起点</translation>
    </message>
    <message>
        <source>How far the model itself goes, in percent; the refiner makes the rest.</source>
        <translation>模型本身完成的百分比；其余步骤由精修模型完成。</translation>
    </message>
    <message>
        <source>refined from {value}</source>
        <translation>从 {value} 起精修</translation>
    </message>
    <message>
        <source>Small files that teach the model a subject or a style. Several can work together.</source>
        <translation>教模型认识某种题材或风格的小文件。可以同时使用多个。</translation>
    </message>
    <message>
        <source>LoRA {value}</source>
        <translation>LoRA {value}</translation>
    </message>
    <message>
        <source>no LoRA</source>
        <translation>无 LoRA</translation>
    </message>
    <message>
        <source>How strongly each LoRA works, from this step on. 0 turns it off.</source>
        <translation>从这一步起每个 LoRA 的强度。0 为关闭。</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Small files that teach the text encoder a word. Write its name in a prompt to use one.</source>
        <translation>教文本编码器认识一个词的小文件。在提示词中写上它的名称即可使用。</translation>
    </message>
    <message>
        <source>embeddings {value}</source>
        <translation>嵌入 {value}</translation>
    </message>
    <message>
        <source>no embeddings</source>
        <translation>无嵌入</translation>
    </message>
    <message>
        <source>Chooses the noise that the sampler adds in the remaining steps. Leave it empty to keep that noise.</source>
        <translation>决定采样器在剩余步骤中加入的噪声。留空则保持不变。</translation>
    </message>
    <message>
        <source>noise seed {value}</source>
        <translation>噪声种子 {value}</translation>
    </message>
    <message>
        <source>Chooses the noise that is added to the picture. Each number gives another variation.</source>
        <translation>决定加到图片上的噪声。每个数字都会得到一种变化。</translation>
    </message>
    <message>
        <source>refined from step {after}</source>
        <translation>从第 {after} 步精修</translation>
    </message>
    <message>
        <source>Upscaler</source>
        <translation>放大模型</translation>
    </message>
    <message>
        <source>A second model that enlarges the picture, in as many steps of its own.</source>
        <translation>放大图片的第二个模型，另用同样多的步数。</translation>
    </message>
    <message>
        <source>Metadata</source>
        <translation>元数据</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Number of pictures</source>
        <translation>图片数量</translation>
    </message>
    <message>
        <source>Prompt history</source>
        <translation>提示词历史</translation>
    </message>
    <message>
        <source>Settings of models</source>
        <translation>模型的设置</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>引导</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Pictures</source>
        <comment>how many</comment>
        <translation>张数</translation>
    </message>
    <message>
        <source>Surprise me</source>
        <translation>给我惊喜</translation>
    </message>
    <message>
        <source>Describe a picture</source>
        <translation>描述一张图片</translation>
    </message>
    <message>
        <source>There is no run to branch from yet. Generate a picture first.</source>
        <translation>还没有可以分支的生成。请先生成一张图片。</translation>
    </message>
    <message>
        <source>Noise of the remaining steps</source>
        <translation>剩余步骤的噪声</translation>
    </message>
    <message>
        <source>of {steps}</source>
        <translation>共 {steps} 步</translation>
    </message>
    <message>
        <source>Changed: {changes}</source>
        <translation>已改：{changes}</translation>
    </message>
    <message>
        <source>The steps of this picture no longer exist. Generate it again to branch from one of them.</source>
        <translation>这张图片的步骤已不存在。请重新生成它，再从某一步分支。</translation>
    </message>
    <message>
        <source>The run has not started yet. Wait for its first step.</source>
        <translation>这次生成还没有开始，请等待第一步。</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>不变</translation>
    </message>
    <message>
        <source>{sampler} adds no noise</source>
        <translation>{sampler} 不加噪声</translation>
    </message>
    <message>
        <source>This sampler adds no noise in its steps, so a noise seed would change nothing.</source>
        <translation>这个采样器在各步中不加噪声，因此噪声种子不起作用。</translation>
    </message>
    <message>
        <source>Adds the noise of step {number} to the finished picture and denoises it again from there. Early steps change much, late steps change little.</source>
        <translation>给完成的图片加上第 {number} 步的噪声，再从那里去噪。越早的步骤改变越大，越晚的越小。</translation>
    </message>
    <message>
        <source>Keeps these steps and computes the rest again. The current run pauses meanwhile.</source>
        <translation>保留这些步骤，重新计算其余步骤。当前的生成会暂停。</translation>
    </message>
    <message>
        <source>Keeps these steps and computes the rest again.</source>
        <translation>保留这些步骤，重新计算其余步骤。</translation>
    </message>
    <message>
        <source>No changes, but the refinement that starts here is removed.</source>
        <translation>没有改动，但会去掉从这里开始的精修。</translation>
    </message>
    <message>
        <source>No changes. This step is before the branching point, so the branch will be the same picture as its parent.</source>
        <translation>没有改动。这一步在分支点之前，因此分支会得到与原来的生成相同的图片。</translation>
    </message>
    <message>
        <source>No changes: the branch will be the same picture.</source>
        <translation>没有改动：分支会得到同一张图片。</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>分支</translation>
    </message>
    <message>
        <source>Refine</source>
        <translation>精修</translation>
    </message>
    <message>
        <source>Keep these steps and continue with changes.</source>
        <translation>保留这些步骤，改动后继续。</translation>
    </message>
    <message>
        <source>Add noise to the finished picture and denoise it again.</source>
        <translation>给完成的图片加上噪声，再次去噪。</translation>
    </message>
    <message>
        <source>The last step to keep. Type its number, or move the playhead of the timeline.</source>
        <translation>要保留的最后一步。输入它的编号，或移动时间线的播放头。</translation>
    </message>
    <message>
        <source>Undo: {setting}</source>
        <translation>撤销：{setting}</translation>
    </message>
    <message>
        <source>This setting is changed. Click to restore the value of the run.</source>
        <translation>此设置已改动。单击可恢复这次生成的值。</translation>
    </message>
    <message>
        <source>Refine the picture in a branch of its own.</source>
        <translation>在单独的分支中精修这张图片。</translation>
    </message>
    <message>
        <source>Compute the remaining steps again in a branch of its own.</source>
        <translation>在单独的分支中重新计算剩余步骤。</translation>
    </message>
    <message>
        <source>Return to the prompt (Esc). Your changes here are kept.</source>
        <translation>返回提示词面板 (Esc)，这里的改动会保留。</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>From step</source>
        <translation>从第几步</translation>
    </message>
    <message>
        <source>Seed of the new noise</source>
        <translation>新噪声的种子</translation>
    </message>
    <message>
        <source>The next picture uses the same seed. Unlock it for a random one.</source>
        <translation>下一张图片使用相同的种子。解锁后使用随机种子。</translation>
    </message>
    <message>
        <source>Each picture gets a random seed. Lock it to keep the seed of the last picture.</source>
        <translation>每张图片使用随机种子。锁定可保留上一张图片的种子。</translation>
    </message>
    <message>
        <source>Random seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Fill in a random seed.</source>
        <translation>填入一个随机种子。</translation>
    </message>
    <message>
        <source>Keep the seed</source>
        <translation>固定种子</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Delete all recordings that are not pinned?</source>
        <translation>要删除所有未固定的记录吗？</translation>
    </message>
    <message>
        <source>You can no longer view or resume their steps afterwards. Pictures are kept, as are recordings that are shown, running or queued.</source>
        <translation>之后就不能再查看这些步骤，也不能从它们继续。图片会保留；正在显示、正在生成和队列中的记录也会保留。</translation>
    </message>
    <message>
        <source>Choose the folder for pictures</source>
        <translation>选择存放图片的文件夹</translation>
    </message>
    <message>
        <source>a mouse is playing guitar</source>
        <translation>一只老鼠在弹吉他</translation>
    </message>
    <message>
        <source>For example: {name}</source>
        <translation>例如：{name}</translation>
    </message>
    <message>
        <source>Recordings use {used} MB of {limit} MB; pinned ones are never deleted.</source>
        <translation>记录占用 {used} MB，上限 {limit} MB；已固定的不会被删除。</translation>
    </message>
    <message>
        <source>Remove from the applications menu</source>
        <translation>从应用程序菜单中移除</translation>
    </message>
    <message>
        <source>Delete every file that Safelight wrote for the applications menu and the desktop.</source>
        <translation>删除 Safelight 为应用程序菜单和桌面写入的所有文件。</translation>
    </message>
    <message>
        <source>Add to the applications menu</source>
        <translation>添加到应用程序菜单</translation>
    </message>
    <message>
        <source>Put Safelight into the applications menu and on the desktop, for your user only.</source>
        <translation>把 Safelight 放入应用程序菜单和桌面，只对当前用户有效。</translation>
    </message>
    <message>
        <source>Use system setting</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Reduced</source>
        <translation>减弱</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>When done in the background</source>
        <translation>在后台完成时</translation>
    </message>
    <message>
        <source>The language of the window.</source>
        <translation>窗口使用的语言。</translation>
    </message>
    <message>
        <source>Whether changes in the window are animated.</source>
        <translation>界面变化时是否有动画。</translation>
    </message>
    <message>
        <source>How each step is previewed during a run: not at all, fast, or as sharp as possible.</source>
        <translation>生成过程中如何预览每一步：不显示、快速，或尽可能清晰。</translation>
    </message>
    <message>
        <source>A line above the steps that explains the current one.</source>
        <translation>步骤上方的一行文字，说明当前步骤。</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Whether the desktop tells you when the last picture is done while Safelight is in the background.</source>
        <translation>Safelight 在后台时，最后一张图片完成后是否由桌面通知您。</translation>
    </message>
    <message>
        <source>Every finished picture is saved here, in one folder per day.</source>
        <translation>每张完成的图片都按日期保存在这里。</translation>
    </message>
    <message>
        <source>How picture files are named; words in braces are replaced.</source>
        <translation>图片的命名方式；花括号中的词会被替换。</translation>
    </message>
    <message>
        <source>How much memory the steps of recent pictures may use, so that you can view them again.</source>
        <translation>最近图片的步骤最多可占用多少内存，以便再次查看。</translation>
    </message>
    <message>
        <source>How much of the disk the recordings of runs may use; the oldest are deleted first.</source>
        <translation>各次生成的记录最多可占用多少磁盘；最旧的先删除。</translation>
    </message>
    <message>
        <source>Applications menu</source>
        <translation>应用程序菜单</translation>
    </message>
    <message>
        <source>Choose another folder; saved pictures stay where they are.</source>
        <translation>选择其他文件夹；已保存的图片不会移动。</translation>
    </message>
    <message>
        <source>Default folder</source>
        <translation>默认文件夹</translation>
    </message>
    <message>
        <source>Use Safelight&apos;s folder inside your Pictures folder again.</source>
        <translation>恢复使用“图片”中的 Safelight 文件夹。</translation>
    </message>
    <message>
        <source>Delete unpinned recordings…</source>
        <translation>删除未固定的记录…</translation>
    </message>
    <message>
        <source>Delete the recordings of earlier runs after a confirmation; the pictures stay.</source>
        <translation>确认之后删除以往生成的记录；图片会保留。</translation>
    </message>
    <message>
        <source>Close this window; all changes have taken effect.</source>
        <translation>关闭此窗口；所有更改都已生效。</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>Hidden</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Dark or light.</source>
        <translation>深色或浅色。</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>动画</translation>
    </message>
    <message>
        <source>Previews</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Pictures folder</source>
        <translation>图片文件夹</translation>
    </message>
    <message>
        <source>File names</source>
        <translation>文件名</translation>
    </message>
    <message>
        <source>Memory for steps</source>
        <translation>步骤缓存</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Timestep</source>
        <translation>时间步</translation>
    </message>
    <message>
        <source>log SNR</source>
        <translation>log SNR</translation>
    </message>
    <message>
        <source>{share} % noise left</source>
        <translation>剩余噪声 {share}%</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Noise left</source>
        <translation>剩余噪声</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Width and height of the picture in pixels.</source>
        <translation>图片的宽和高（像素）。</translation>
    </message>
    <message>
        <source>Text encoder</source>
        <translation>文本编码器</translation>
    </message>
    <message>
        <source>Decoder</source>
        <translation>解码器</translation>
    </message>
    <message>
        <source>The network (such as a UNet) that estimates the noise in the latents in every step, so that some of it is removed.</source>
        <translation>在每一步估计潜变量中噪声的网络（例如 UNet），以便去除一部分噪声。</translation>
    </message>
    <message>
        <source>Previews: {choice}</source>
        <translation>预览：{choice}</translation>
    </message>
    <message>
        <source>slower than before</source>
        <translation>比之前慢</translation>
    </message>
    <message>
        <source>Show or hide the numbers of this step.</source>
        <translation>显示或隐藏这一步的数值。</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>The noise level given to the denoiser in this step, from 999 (most noise) to 0.</source>
        <translation>这一步告诉去噪网络的噪声程度：从 999（噪声最强）到 0。</translation>
    </message>
    <message>
        <source>Sigma: strength of the noise relative to the picture after this step. 1 means equally strong, 0 means no noise.</source>
        <translation>Sigma：这一步之后噪声相对于画面的强度。1 表示一样强，0 表示没有噪声。</translation>
    </message>
    <message>
        <source>Alpha bar: share of the picture in the power of the latents after this step. 0 is pure noise, 1 is the clean picture.</source>
        <translation>Alpha bar：这一步之后画面在潜变量功率中所占的比例。0 是纯噪声，1 是干净的画面。</translation>
    </message>
    <message>
        <source>Logarithm of the signal-to-noise ratio, ln(ᾱ / (1 − ᾱ)). Below 0 there is more noise than picture; −∞ is pure noise.</source>
        <translation>信噪比的对数 ln(ᾱ / (1 − ᾱ))。小于 0 时噪声多于画面，−∞ 是纯噪声。</translation>
    </message>
    <message>
        <source>Preview cost</source>
        <translation>预览开销</translation>
    </message>
    <message>
        <source>Share of the noise in the power of the latents after this step.</source>
        <translation>这一步之后，噪声在潜变量功率中所占的比例。</translation>
    </message>
    <message>
        <source>How much the estimated picture changed in this step.</source>
        <translation>这一步中估计画面改变了多少。</translation>
    </message>
    <message>
        <source>Changed in this step</source>
        <translation>本步变化</translation>
    </message>
    <message>
        <source>Prompt influence</source>
        <translation>提示词影响</translation>
    </message>
    <message>
        <source>How much guidance changed the estimated picture in this step.</source>
        <translation>这一步中引导使估计画面改变了多少。</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Duration of this step without the preview.</source>
        <translation>这一步的用时，不含预览。</translation>
    </message>
    <message>
        <source>Denoiser</source>
        <translation>去噪网络</translation>
    </message>
    <message>
        <source>Turns the prompt into numbers that guide the denoiser. It runs once, at the start.</source>
        <translation>把提示词变成引导去噪网络的数字。只在开始时运行一次。</translation>
    </message>
    <message>
        <source>Turns the finished latents, a small compressed form of the picture, into pixels. It runs once, at the end.</source>
        <translation>把完成的潜变量（图片的压缩形式）变成像素。只在最后运行一次。</translation>
    </message>
    <message>
        <source>Starting with the next run, steps are not decoded. They are still recorded.</source>
        <translation>从下一次生成起不再解码各步骤，但仍会记录。</translation>
    </message>
    <message>
        <source>Starting with the next run, every step is shown with the best decoder that needs almost no time.</source>
        <translation>从下一次生成起，用几乎不花时间的最佳解码器显示每一步。</translation>
    </message>
    <message>
        <source>Starting with the next run, every step is shown with the best decoder, however long it takes.</source>
        <translation>从下一次生成起，用最好的解码器显示每一步，不论用时多久。</translation>
    </message>
    <message>
        <source>Cost of the previews in this run: share of the time of a step, and the time itself (medians).</source>
        <translation>这次生成中预览的开销：占每步用时的比例和时间（中位数）。</translation>
    </message>
    <message>
        <source>Time until the last step at the current speed.</source>
        <translation>按当前速度到最后一步的时间。</translation>
    </message>
    <message>
        <source>Ignored because the prompt is too long: {words}</source>
        <translation>提示词过长，已忽略：{words}</translation>
    </message>
    <message>
        <source>Each step removes some of the noise. Progress appears here.</source>
        <translation>每一步去除一部分噪声。进度会显示在这里。</translation>
    </message>
    <message>
        <source>The steps of this finished picture were not recorded.</source>
        <translation>这张图片已完成，但没有记录步骤。</translation>
    </message>
    <message>
        <source>This run has no steps.</source>
        <translation>这次生成没有步骤。</translation>
    </message>
    <message>
        <source>The numbers of this step are damaged on the disk.</source>
        <translation>这一步的数据在磁盘上已损坏。</translation>
    </message>
    <message>
        <source>{sampler} calls the denoiser {calls} times in {steps} steps. Each call is a frame.</source>
        <translation>{sampler} 在 {steps} 步中调用去噪网络 {calls} 次，每次调用是一帧。</translation>
    </message>
    <message>
        <source>The prompt and the settings of the shown picture appear here.</source>
        <translation>这里显示当前图片的提示词和设置。</translation>
    </message>
    <message>
        <source>Without: {words}</source>
        <translation>避免：{words}</translation>
    </message>
    <message>
        <source>Made with</source>
        <translation>生成环境</translation>
    </message>
    <message>
        <source>The left panel differs: {settings}</source>
        <translation>左侧面板不同：{settings}</translation>
    </message>
    <message>
        <source>Reuse all</source>
        <translation>全部沿用</translation>
    </message>
    <message>
        <source>Fill in the prompt and all settings of the shown picture at the left. Undo restores yours.</source>
        <translation>把当前图片的提示词和全部设置填入左侧。撤销可恢复原来的内容。</translation>
    </message>
    <message>
        <source>Reuse prompt</source>
        <translation>沿用提示词</translation>
    </message>
    <message>
        <source>Fill in only the prompt of the shown picture at the left.</source>
        <translation>只把当前图片的提示词填入左侧。</translation>
    </message>
    <message>
        <source>Reuse seed</source>
        <translation>沿用种子</translation>
    </message>
    <message>
        <source>Fill in only the seed of the shown picture at the left.</source>
        <translation>只把当前图片的种子填入左侧。</translation>
    </message>
    <message>
        <source>Copy recipe as text</source>
        <translation>复制配方文本</translation>
    </message>
    <message>
        <source>Copy the prompt and all settings as text, as A1111 writes them. Pasting it here restores them.</source>
        <translation>以 A1111 的文本格式复制提示词和全部设置。粘贴到这里即可恢复。</translation>
    </message>
    <message>
        <source>Give the shown picture a star, or remove its star.</source>
        <translation>为显示的图片加星标，或去掉星标。</translation>
    </message>
    <message>
        <source>Generate again</source>
        <translation>再次生成</translation>
    </message>
    <message>
        <source>Generate this picture again from its recipe, with its branches.</source>
        <translation>按配方（包括分支）重新生成这张图片。</translation>
    </message>
    <message>
        <source>Copy the recipe as text, or generate the picture again.</source>
        <translation>复制配方文本，或重新生成这张图片。</translation>
    </message>
    <message>
        <source>The branches that led to this picture.</source>
        <translation>得到这张图片所经过的分支。</translation>
    </message>
    <message>
        <source>Refined from step {step}.</source>
        <translation>从第 {step} 步精修。</translation>
    </message>
    <message>
        <source>Branch from step {step}: {changes}.</source>
        <translation>从第 {step} 步分支：{changes}。</translation>
    </message>
    <message>
        <source>Saved when finished</source>
        <translation>完成后保存</translation>
    </message>
    <message>
        <source>Paused at step {step} of {steps}.</source>
        <translation>暂停在第 {step} 步，共 {steps} 步。</translation>
    </message>
    <message>
        <source>Paused at step {step} of {steps}. Press Space to resume.</source>
        <translation>已暂停在第 {step} 步，共 {steps} 步。按空格键继续。</translation>
    </message>
    <message>
        <source>Failed at step {step}.</source>
        <translation>在第 {step} 步失败。</translation>
    </message>
    <message>
        <source>Failed before the first step.</source>
        <translation>在第一步之前失败。</translation>
    </message>
    <message>
        <source>Not saved yet. The picture is kept in memory.</source>
        <translation>尚未保存，图片保留在内存中。</translation>
    </message>
    <message>
        <source>Running.</source>
        <translation>运行中。</translation>
    </message>
    <message>
        <source>Stopped at step {step}.</source>
        <translation>在第 {step} 步停止。</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Pausing after this step…</source>
        <translation>这一步之后暂停…</translation>
    </message>
    <message>
        <source>More noise than picture</source>
        <translation>噪声多于画面</translation>
    </message>
    <message>
        <source>More picture than noise</source>
        <translation>画面多于噪声</translation>
    </message>
    <message>
        <source>What happens in the shown step, measured in this run.</source>
        <translation>当前步骤中发生的事，由这次生成测得。</translation>
    </message>
    <message>
        <source>Waiting for the disk to record the steps</source>
        <translation>正在等待磁盘记录步骤</translation>
    </message>
    <message>
        <source>Denoising the next step</source>
        <translation>正在进行下一步去噪</translation>
    </message>
    <message>
        <source>Loading libraries. This happens once after each start.</source>
        <translation>正在加载程序库，每次启动后只需一次。</translation>
    </message>
    <message>
        <source>Loading the model into memory.</source>
        <translation>正在把模型加载到内存。</translation>
    </message>
    <message>
        <source>The text encoder turns the prompt into numbers that guide the denoiser.</source>
        <translation>文本编码器把提示词变成引导去噪网络的数字。</translation>
    </message>
    <message>
        <source>The denoiser estimates the noise so that some of it can be removed.</source>
        <translation>去噪网络估计噪声，以便去除其中一部分。</translation>
    </message>
    <message>
        <source>The latents are finished. The decoder turns them into the picture.</source>
        <translation>潜变量已完成，解码器正把它变成图片。</translation>
    </message>
    <message>
        <source>Saving the finished picture.</source>
        <translation>正在保存完成的图片。</translation>
    </message>
    <message>
        <source>Main stage</source>
        <translation>主阶段</translation>
    </message>
    <message>
        <source>Base stage</source>
        <translation>基础阶段</translation>
    </message>
    <message>
        <source>Refiner stage</source>
        <translation>精修阶段</translation>
    </message>
    <message>
        <source>Prior stage</source>
        <translation>先验阶段</translation>
    </message>
    <message>
        <source>Decoder stage</source>
        <translation>解码阶段</translation>
    </message>
    <message>
        <source>Upscaling stage</source>
        <translation>放大阶段</translation>
    </message>
    <message>
        <source>Stage “{name}”</source>
        <translation>阶段“{name}”</translation>
    </message>
    <message>
        <source>Pure noise from the seed</source>
        <translation>由种子产生的纯噪声</translation>
    </message>
    <message>
        <source>The last noise is removed: the latents are finished</source>
        <translation>最后的噪声已去除：潜变量完成</translation>
    </message>
    <message>
        <source>The noise level is unknown: this sampler does not tell it</source>
        <translation>噪声水平未知：该采样器未给出</translation>
    </message>
    <message>
        <source>Almost only noise</source>
        <translation>几乎全是噪声</translation>
    </message>
    <message>
        <source>About as much noise as picture</source>
        <translation>噪声与画面相当</translation>
    </message>
    <message>
        <source>Little noise left</source>
        <translation>噪声所剩无几</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Paused at step {step} of {steps}</source>
        <translation>暂停在第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Stopped at step {step} of {steps}</source>
        <translation>停止在第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Failed at step {step} of {steps}</source>
        <translation>在第 {step} 步失败，共 {steps} 步</translation>
    </message>
    <message>
        <source>The layout is still changing</source>
        <translation>布局还在变化</translation>
    </message>
    <message>
        <source>Prompt influence: unknown</source>
        <translation>提示词影响：未知</translation>
    </message>
    <message>
        <source>Prompt influence: {share} %</source>
        <translation>提示词影响：{share} %</translation>
    </message>
    <message>
        <source>Prompt influence: almost none</source>
        <translation>提示词影响：几乎没有</translation>
    </message>
    <message>
        <source>Guidance is off</source>
        <translation>引导已关闭</translation>
    </message>
    <message>
        <source>Refined from step {step}</source>
        <translation>从第 {step} 步精修</translation>
    </message>
    <message>
        <source>The layout has hardly changed since step {step}</source>
        <translation>第 {step} 步以来布局几乎没有变</translation>
    </message>
    <message>
        <source>Saved as {file}</source>
        <translation>已保存为 {file}</translation>
    </message>
    <message>
        <source>One step</source>
        <translation>单步</translation>
    </message>
    <message>
        <source>Play slower</source>
        <translation>放慢播放</translation>
    </message>
    <message>
        <source>Play the steps more slowly.</source>
        <translation>以更慢的速度播放各步。</translation>
    </message>
    <message>
        <source>Play faster</source>
        <translation>加快播放</translation>
    </message>
    <message>
        <source>Play the steps faster.</source>
        <translation>以更快的速度播放各步。</translation>
    </message>
    <message>
        <source>Branch above</source>
        <translation>上一个分支</translation>
    </message>
    <message>
        <source>Show the branch above the shown one, at the same step.</source>
        <translation>在同一步查看当前分支上方的分支。</translation>
    </message>
    <message>
        <source>Branch below</source>
        <translation>下一个分支</translation>
    </message>
    <message>
        <source>Show the branch below the shown one, at the same step.</source>
        <translation>在同一步查看当前分支下方的分支。</translation>
    </message>
    <message>
        <source>Play a finished run again and again.</source>
        <translation>循环播放已完成的运行。</translation>
    </message>
    <message>
        <source>Pause here</source>
        <translation>在此暂停</translation>
    </message>
    <message>
        <source>Pause the run after this step, or remove that pause.</source>
        <translation>让运行在这一步之后暂停，或取消这个暂停。</translation>
    </message>
    <message>
        <source>Starting noise</source>
        <translation>起始噪声</translation>
    </message>
    <message>
        <source>Resume this run after its last step (Space, or Ctrl+P while typing).</source>
        <translation>从最后一步之后继续这次生成 (空格键，输入文字时用 Ctrl+P)。</translation>
    </message>
    <message>
        <source>Compute one more step, then pause.</source>
        <translation>再计算一步，然后暂停。</translation>
    </message>
    <message>
        <source>Stop at once, in the middle of the step; the finished steps stay (Esc).</source>
        <translation>立即停止，不等这一步结束；已完成的步骤会保留 (Esc)。</translation>
    </message>
    <message>
        <source>Go to the noise that the run starts from (Home).</source>
        <translation>转到这次生成的起始噪声 (Home)。</translation>
    </message>
    <message>
        <source>Step back</source>
        <translation>后退一步</translation>
    </message>
    <message>
        <source>Go one step back (←).</source>
        <translation>后退一步 (←)。</translation>
    </message>
    <message>
        <source>Step forward</source>
        <translation>前进一步</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>整个运行</translation>
    </message>
    <message>
        <source>Show the latents&apos; values under the pointer (V).</source>
        <translation>显示指针处的潜变量数值（V）。</translation>
    </message>
    <message>
        <source>Make the picture smaller (−, or the wheel).</source>
        <translation>缩小图片（− 或滚轮）。</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Make the picture larger (+, or the wheel).</source>
        <translation>放大图片（+ 或滚轮）。</translation>
    </message>
    <message>
        <source>Show the whole picture as large as it fits (0).</source>
        <translation>完整显示图片，尽可能大（0）。</translation>
    </message>
    <message>
        <source>{figure} %</source>
        <translation>{figure}%</translation>
    </message>
    <message>
        <source>Zoom: {figure}</source>
        <translation>缩放：{figure}</translation>
    </message>
    <message>
        <source>Show every pixel of the picture as one pixel of the screen (1).</source>
        <translation>图片的每个像素对应屏幕的一个像素（1）。</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>One frame a step</source>
        <translation>每步一帧</translation>
    </message>
    <message>
        <source>Zoom of the timeline</source>
        <translation>时间线缩放</translation>
    </message>
    <message>
        <source>How many steps the timeline shows at once (Alt+wheel or Ctrl+wheel on it).</source>
        <translation>时间线同时显示多少步 (在时间线上按住 Alt 或 Ctrl 滚动滚轮)。</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>How fast the steps are played (J slower, K faster).</source>
        <translation>各步的播放速度 (J 放慢，K 加快)。</translation>
    </message>
    <message>
        <source>Go one step forward (→).</source>
        <translation>前进一步 (→)。</translation>
    </message>
    <message>
        <source>Which view of the step is shown.</source>
        <translation>显示这一步的哪种视图。</translation>
    </message>
    <message>
        <source>Show or hide the branches below the filmstrip.</source>
        <translation>显示或隐藏胶片条下方的分支。</translation>
    </message>
    <message>
        <source>Pause the run after this step, or remove that pause (M). A run that is active pauses after its next step.</source>
        <translation>在此步之后暂停运行，或取消该暂停（M）。正在进行的运行会在下一步之后暂停。</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>对照</translation>
    </message>
    <message>
        <source>How two pictures are shown.</source>
        <translation>两张图片的显示方式。</translation>
    </message>
    <message>
        <source>First picture: {what}</source>
        <translation>第一张图片：{what}</translation>
    </message>
    <message>
        <source>Second picture: {what}</source>
        <translation>第二张图片：{what}</translation>
    </message>
    <message>
        <source>Choose what this half shows: another view, branch or picture.</source>
        <translation>选择这一半显示什么：另一视图、分支或图片。</translation>
    </message>
    <message>
        <source>Another picture…</source>
        <translation>其他图片…</translation>
    </message>
    <message>
        <source>Compare the picture with another picture, branch or view, or show it alone again (\).</source>
        <translation>将图片与另一张图片、分支或视图对照，或恢复单图显示（\）。</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>分割</translation>
    </message>
    <message>
        <source>Side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Difference</source>
        <comment>of two pictures</comment>
        <translation>差异</translation>
    </message>
    <message>
        <source>Single</source>
        <translation>单图</translation>
    </message>
    <message>
        <source>Both pictures in one frame, with a line between them that you can drag.</source>
        <translation>两张图片在同一框内，中间的分界线可以拖动。</translation>
    </message>
    <message>
        <source>Where the two pictures differ: brighter means more.</source>
        <translation>两张图片的差异：越亮差别越大。</translation>
    </message>
    <message>
        <source>One picture.</source>
        <translation>一张图片。</translation>
    </message>
    <message>
        <source>Flip</source>
        <translation>交替</translation>
    </message>
    <message>
        <source>Magnify what is under the pointer, in both pictures if two are shown (Z).</source>
        <translation>放大指针所在之处；显示两张图片时同时放大两张（Z）。</translation>
    </message>
    <message>
        <source>The pictures side by side, each in its own frame.</source>
        <translation>两张图片并排，各在一框。</translation>
    </message>
    <message>
        <source>Both pictures in one frame, alternating.</source>
        <translation>两张图片在同一框内，交替显示。</translation>
    </message>
    <message>
        <source>Show the running picture and follow its newest step.</source>
        <translation>显示正在生成的图片，并跟随它的最新一步。</translation>
    </message>
    <message>
        <source>Example</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>These are the steps of an example that ships with Safelight, not of a picture of yours.</source>
        <translation>这些是 Safelight 自带示例的步骤，不是您的图片。</translation>
    </message>
    <message>
        <source>Branch from here</source>
        <translation>从这里分支</translation>
    </message>
    <message>
        <source>Keep the steps up to this one and continue with changes (Ctrl+B).</source>
        <translation>保留到这一步为止的步骤，改动后继续 (Ctrl+B)。</translation>
    </message>
    <message>
        <source>Make an animation, a video or a contact sheet of the steps (Ctrl+E).</source>
        <translation>把各个步骤做成动画、视频或小样张 (Ctrl+E)。</translation>
    </message>
    <message>
        <source>Play the steps like film (Space).</source>
        <translation>像影片一样播放各步 (空格键)。</translation>
    </message>
    <message>
        <source>Steps {first}–{last}</source>
        <translation>第 {first}–{last} 步</translation>
    </message>
    <message>
        <source>Save the current step in the pictures folder, decoded in full.</source>
        <translation>用完整解码器把当前步骤保存到图片文件夹。</translation>
    </message>
    <message>
        <source>More actions for this step, this run and its picture.</source>
        <translation>对这一步、这次生成和它的图片的更多操作。</translation>
    </message>
    <message>
        <source>Pin this recording</source>
        <translation>固定这份记录</translation>
    </message>
    <message>
        <source>Delete picture or run</source>
        <translation>删除图片或生成过程</translation>
    </message>
    <message>
        <source>Stop playing</source>
        <translation>停止播放</translation>
    </message>
    <message>
        <source>Stay at the shown step (Space).</source>
        <translation>停留在当前这一步 (空格键)。</translation>
    </message>
    <message>
        <source>Press again to continue without a pause (Space).</source>
        <translation>再按一次则不暂停，直接继续 (空格键)。</translation>
    </message>
    <message>
        <source>Pause after this step and free the machine (Space, or Ctrl+P while typing).</source>
        <translation>在这一步之后暂停，让机器空闲 (空格键，输入文字时用 Ctrl+P)。</translation>
    </message>
    <message>
        <source>Newest step</source>
        <translation>最新一步</translation>
    </message>
    <message>
        <source>Go to the newest step and follow the run from there (End).</source>
        <translation>转到最新一步，并从那里继续跟随 (End)。</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Pause at step…</source>
        <translation>在某步暂停…</translation>
    </message>
    <message>
        <source>{size} (original size)</source>
        <translation>{size}（原尺寸）</translation>
    </message>
    <message>
        <source>{count} pictures</source>
        <translation>{count} 张图片</translation>
    </message>
    <message>
        <source>{size} or more</source>
        <translation>{size} 以上</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Play or pause the preview of the export (Space).</source>
        <translation>播放或暂停导出预览（空格键）。</translation>
    </message>
    <message>
        <source>Export the animation as</source>
        <translation>将动画导出为</translation>
    </message>
    <message>
        <source>Export as animation</source>
        <translation>导出为动画</translation>
    </message>
    <message>
        <source>Noisy image</source>
        <translation>带噪图像</translation>
    </message>
    <message>
        <source>Recorded previews</source>
        <translation>用已有预览</translation>
    </message>
    <message>
        <source>Full decoder</source>
        <translation>完整解码</translation>
    </message>
    <message>
        <source>Ease out</source>
        <translation>逐渐放慢</translation>
    </message>
    <message>
        <source>Constant</source>
        <translation>匀速</translation>
    </message>
    <message>
        <source>Loop forever</source>
        <translation>无限循环</translation>
    </message>
    <message>
        <source>Play once</source>
        <translation>播放一次</translation>
    </message>
    <message>
        <source>The type of the exported file.</source>
        <translation>导出文件的类型。</translation>
    </message>
    <message>
        <source>Whether each step shows the expected picture or the noisy image.</source>
        <translation>每一步显示预期的图片，还是带噪图像。</translation>
    </message>
    <message>
        <source>Whether to use the recorded previews or to decode every step in full, which takes a while.</source>
        <translation>使用已有的预览，还是用完整解码器重新解码每一步（需要一些时间）。</translation>
    </message>
    <message>
        <source>Whether the step number is written on the picture.</source>
        <translation>是否在图片上标出第几步。</translation>
    </message>
    <message>
        <source>How long the animation plays in total.</source>
        <translation>动画总共播放多久。</translation>
    </message>
    <message>
        <source>How much of that time shows the finished picture.</source>
        <translation>其中成品图片显示多久。</translation>
    </message>
    <message>
        <source>Whether the animation slows down while details form, or shows every step equally long.</source>
        <translation>随着细节形成逐渐放慢，还是每一步显示一样久。</translation>
    </message>
    <message>
        <source>Whether the animation starts again at its end; for MP4 the player decides.</source>
        <translation>播放完是否从头再来；MP4 由播放器决定。</translation>
    </message>
    <message>
        <source>Close this window without writing a file.</source>
        <translation>关闭此窗口，不写任何文件。</translation>
    </message>
    <message>
        <source>Choose where to save and start the export; the window stays usable.</source>
        <translation>选择保存位置并开始导出；期间窗口照常使用。</translation>
    </message>
    <message>
        <source>A preview of the exported file.</source>
        <translation>导出文件的预览。</translation>
    </message>
    <message>
        <source>Plays everywhere, but has only 256 colours per step and a large file.</source>
        <translation>到处都能播放，但每步只有 256 色，文件也大。</translation>
    </message>
    <message>
        <source>Small and in full colour; browsers and newer programs play it.</source>
        <translation>小巧而色彩完整；浏览器和较新的程序可以播放。</translation>
    </message>
    <message>
        <source>Exact colours and a large file; browsers play it, other programs show the first step.</source>
        <translation>颜色准确，文件大；浏览器可以播放，其他程序只显示第一步。</translation>
    </message>
    <message>
        <source>A video with the smallest file; phones and all players play it.</source>
        <translation>视频，文件最小；手机和各种播放器都能播放。</translation>
    </message>
    <message>
        <source>All steps side by side in one PNG file.</source>
        <translation>所有步骤并排放在一张 PNG 图片里。</translation>
    </message>
    <message>
        <source>A new folder with one PNG file per step.</source>
        <translation>新建一个文件夹，每一步各存一张 PNG 图片。</translation>
    </message>
    <message>
        <source>Estimate</source>
        <translation>估计</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Sharpness</source>
        <translation>清晰度</translation>
    </message>
    <message>
        <source>Width and height of each step in pixels.</source>
        <translation>每一步的宽和高，以像素计。</translation>
    </message>
    <message>
        <source>Step numbers</source>
        <translation>步骤编号</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Hold the end</source>
        <translation>结尾停留</translation>
    </message>
    <message>
        <source>Pace</source>
        <translation>节奏</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>重复</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Contact sheet</source>
        <translation>小样张</translation>
    </message>
    <message>
        <source>Numbered pictures</source>
        <translation>编号图片</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Noisy</source>
        <translation>带噪</translation>
    </message>
    <message>
        <source>Latents</source>
        <translation>潜变量</translation>
    </message>
    <message>
        <source>Guidance</source>
        <comment>a view</comment>
        <translation>引导</translation>
    </message>
    <message>
        <source>The finished picture as the model predicts it at this step (x₀).</source>
        <translation>模型在这一步所预测的成图 (x₀)。</translation>
    </message>
    <message>
        <source>The actual image after this step: picture and noise mixed (xₜ).</source>
        <translation>这一步之后的实际内容：画面与噪声的混合 (xₜ)。</translation>
    </message>
    <message>
        <source>The numbers the model works on, one tile per channel: blue below zero, amber above.</source>
        <translation>模型所处理的数字，每个通道一块：蓝色小于零，琥珀色大于零。</translation>
    </message>
    <message>
        <source>The noise that the model predicts at this step (ε), decoded like a picture.</source>
        <translation>模型在这一步预测的噪声 (ε)，像图片一样解码。</translation>
    </message>
    <message>
        <source>Where this step changed the estimate: brighter means more.</source>
        <translation>这一步改动了估计的哪些地方：越亮改动越大。</translation>
    </message>
    <message>
        <source>Where the prompt has influence: the difference between the predictions with and without it.</source>
        <translation>提示词在哪里起作用：有它与没有它时预测的差别。</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Number of pictures in the queue.</source>
        <translation>队列中的图片数量。</translation>
    </message>
    <message>
        <source>Resume the queue</source>
        <translation>继续队列</translation>
    </message>
    <message>
        <source>Resume the paused run, then generate the rest of the queue.</source>
        <translation>继续已暂停的生成，然后生成队列中的其余图片。</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Show the run or training that is being made.</source>
        <translation>显示正在进行的生成或训练。</translation>
    </message>
    <message>
        <source>Resume the training.</source>
        <translation>继续训练。</translation>
    </message>
    <message>
        <source>Pause the running picture after this step.</source>
        <translation>在这一步之后暂停正在生成的图片。</translation>
    </message>
    <message>
        <source>Start the queue</source>
        <translation>开始队列</translation>
    </message>
    <message>
        <source>Generate the pictures in the queue, one after another.</source>
        <translation>依次生成队列中的图片。</translation>
    </message>
    <message>
        <source>Resume the paused run.</source>
        <translation>继续已暂停的生成。</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>{count} queued</source>
        <translation>队列中有 {count} 项</translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation>正在暂停…</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Finishing…</source>
        <translation>正在完成…</translation>
    </message>
    <message>
        <source>Training, {share}</source>
        <translation>训练 {share}</translation>
    </message>
    <message>
        <source>Training finished</source>
        <translation>训练完成</translation>
    </message>
    <message>
        <source>Training…</source>
        <translation>训练中…</translation>
    </message>
    <message>
        <source>(no prompt)</source>
        <translation>（无提示词）</translation>
    </message>
    <message>
        <source>The pictures to generate after the current one. Delete removes a line; Alt+Up, Alt+Down or dragging moves it.</source>
        <translation>当前图片之后要生成的图片。按 Delete 移除一行；用 Alt+↑、Alt+↓ 或拖动来移动。</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Clear the queue</source>
        <translation>清空队列</translation>
    </message>
    <message>
        <source>Remove everything that waits. It can be undone, and steps are kept.</source>
        <translation>移除所有等待中的任务。可以撤销，步骤会保留。</translation>
    </message>
    <message>
        <source>Move a line of the queue</source>
        <translation>移动队列中的一项</translation>
    </message>
    <message>
        <source>Remove a line of the queue</source>
        <translation>移除队列中的一项</translation>
    </message>
    <message>
        <source>Takes about {time}</source>
        <translation>约需 {time}</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove this run from the queue. Its steps are kept.</source>
        <translation>把这次生成移出队列。它的步骤会保留。</translation>
    </message>
    <message>
        <source>Remove this line from the queue.</source>
        <translation>把这一行移出队列。</translation>
    </message>
    <message>
        <source>to step {step}</source>
        <translation>到第 {step} 步</translation>
    </message>
    <message>
        <source>step {step} of {steps}</source>
        <translation>第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>comparison</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Started, at step {step} of {steps}</source>
        <translation>已开始，在第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Seed {seed}, pauses at step {step} for your choice</source>
        <translation>种子 {seed}，在第 {step} 步暂停，等待您挑选</translation>
    </message>
    <message>
        <source>Two pictures, generated step by step together</source>
        <translation>两张图片，逐步同时生成</translation>
    </message>
    <message>
        <source>Show details</source>
        <translation>显示详情</translation>
    </message>
    <message>
        <source>Close this notice.</source>
        <translation>关闭这条通知。</translation>
    </message>
    <message>
        <source>Next notice</source>
        <translation>下一条通知</translation>
    </message>
    <message>
        <source>Show the next notice.</source>
        <translation>显示下一条通知。</translation>
    </message>
    <message>
        <source>Delete {count} from the trash for good?</source>
        <translation>要从回收站永久删除 {count}吗？</translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation>此操作无法撤销。</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
    <message>
        <source>Rename the picture</source>
        <translation>重命名图片</translation>
    </message>
    <message>
        <source>New name of {file}:</source>
        <translation>{file} 的新名称：</translation>
    </message>
    <message>
        <source>Move to a folder</source>
        <translation>移到文件夹</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Add a folder to the gallery</source>
        <translation>将文件夹添加到图库</translation>
    </message>
    <message>
        <source>Remove {folder} from the gallery</source>
        <translation>将 {folder} 移出图库</translation>
    </message>
    <message>
        <source>removing {folder} from the gallery</source>
        <translation>从图库移除 {folder}</translation>
    </message>
    <message>
        <source>{folder} is no longer shown in the gallery. Its files are unchanged.</source>
        <translation>图库不再显示 {folder}，其中的文件保持不变。</translation>
    </message>
    <message>
        <source>Pictures made like “{prompt}”</source>
        <translation>与“{prompt}”相似的图片</translation>
    </message>
    <message>
        <source>{count} in the trash. What was deleted 30 days ago is deleted for good at the next start.</source>
        <translation>回收站中有 {count}。删除满 30 天的内容会在下次启动时永久删除。</translation>
    </message>
    <message>
        <source>{done} of {count} pictures are read</source>
        <translation>已读取 {count} 张图片中的 {done} 张</translation>
    </message>
    <message>
        <source>Remove star</source>
        <translation>取消星标</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>加星标</translation>
    </message>
    <message>
        <source>Open steps</source>
        <translation>打开步骤</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Show this picture large.</source>
        <translation>放大显示这张图片。</translation>
    </message>
    <message>
        <source>Open the picture in Create, with its steps if they are recorded.</source>
        <translation>在“创作”中打开图片；如有步骤记录，一并打开。</translation>
    </message>
    <message>
        <source>Reuse</source>
        <translation>复用</translation>
    </message>
    <message>
        <source>Fill in the prompt and all settings of this picture in Create.</source>
        <translation>在“创作”中填入这张图片的提示词和全部设置。</translation>
    </message>
    <message>
        <source>Compare the two selected pictures in Create.</source>
        <translation>在“创作”中对比所选的两张图片。</translation>
    </message>
    <message>
        <source>More like this</source>
        <translation>更多类似图片</translation>
    </message>
    <message>
        <source>Show pictures with the same prompt, the same starting noise or a similar prompt.</source>
        <translation>显示提示词相同、初始噪声相同或提示词相近的图片。</translation>
    </message>
    <message>
        <source>Give the selected pictures a star, or remove their stars.</source>
        <translation>为所选图片添加或取消星标。</translation>
    </message>
    <message>
        <source>Copy the selected files.</source>
        <translation>复制所选文件。</translation>
    </message>
    <message>
        <source>Copy prompt</source>
        <translation>复制提示词</translation>
    </message>
    <message>
        <source>Copy the prompt as text.</source>
        <translation>以文本形式复制提示词。</translation>
    </message>
    <message>
        <source>Open the folder of this picture.</source>
        <translation>打开这张图片所在的文件夹。</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Give the file another name.</source>
        <translation>为文件另取名称。</translation>
    </message>
    <message>
        <source>Move to folder…</source>
        <translation>移到文件夹…</translation>
    </message>
    <message>
        <source>Move the selected files to another folder.</source>
        <translation>将所选文件移到另一个文件夹。</translation>
    </message>
    <message>
        <source>Move the selected pictures to the trash.</source>
        <translation>将所选图片移到回收站。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Put the selected pictures and runs back to where they were.</source>
        <translation>将所选图片和生成过程放回原处。</translation>
    </message>
    <message>
        <source>Empty the trash…</source>
        <translation>清空回收站…</translation>
    </message>
    <message>
        <source>Delete everything in the trash for good.</source>
        <translation>永久删除回收站中的全部内容。</translation>
    </message>
    <message>
        <source>Larger tiles</source>
        <translation>放大缩略图</translation>
    </message>
    <message>
        <source>Show fewer and larger pictures.</source>
        <translation>图片更大，数量更少。</translation>
    </message>
    <message>
        <source>Smaller tiles</source>
        <translation>缩小缩略图</translation>
    </message>
    <message>
        <source>Show more and smaller pictures.</source>
        <translation>图片更小，数量更多。</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Show or hide how the picture was made.</source>
        <translation>显示或隐藏图片的生成信息。</translation>
    </message>
    <message>
        <source>Show all pictures</source>
        <translation>显示全部图片</translation>
    </message>
    <message>
        <source>Remove the search and all filters.</source>
        <translation>清除搜索和所有筛选条件。</translation>
    </message>
    <message>
        <source>Remove the search and all filters. (Esc)</source>
        <translation>清除搜索和所有筛选条件。(Esc)</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>The model of this run is no longer available. Open its folder again.</source>
        <translation>这次生成所用的模型已不可用。请重新打开它的文件夹。</translation>
    </message>
    <message>
        <source>The run has no steps after this one. Choose an earlier step.</source>
        <translation>这一步之后没有步骤了。请选择更早的一步。</translation>
    </message>
    <message>
        <source>Only a finished picture can be refined. Finish the run first.</source>
        <translation>只有完成的图片才能精修。请先完成这次生成。</translation>
    </message>
    <message>
        <source>The starting noise contains nothing of the picture. Choose a later step.</source>
        <translation>起始噪声里还没有图片的任何内容。请选择更晚的一步。</translation>
    </message>
    <message>
        <source>The picture was still smaller at this step. Choose a step of the upscaling stage.</source>
        <translation>这一步的图片还没有放大。请选择放大阶段中的步骤。</translation>
    </message>
    <message>
        <source>This sampler needs the earlier steps and cannot start in the middle. Choose another one.</source>
        <translation>这个采样器需要前面的步骤，不能从中间开始。请换一个。</translation>
    </message>
    <message>
        <source>This sampler is in the middle of a step here. Choose the step before or after this one.</source>
        <translation>这个采样器在这里正处于一步的中间。请选择前一步或后一步。</translation>
    </message>
    <message>
        <source>This sampler uses other noise levels than this run. Choose another one.</source>
        <translation>这个采样器各步的噪声水平与这次生成不同。请换一个。</translation>
    </message>
    <message>
        <source>This sampler does not fit the model. Choose another one.</source>
        <translation>这个采样器不适合这个模型。请换一个。</translation>
    </message>
    <message>
        <source>This version of Safelight does not have the sampler of the branch. Update Safelight, or remove the branches.</source>
        <translation>此版本的 Safelight 没有该分支使用的采样器。请更新 Safelight，或移除分支。</translation>
    </message>
    <message>
        <source>it is damaged from the start</source>
        <translation>它从开头起就已损坏</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Exporting {file}…</source>
        <translation>正在导出 {file}…</translation>
    </message>
    <message>
        <source>Exported as {file}.</source>
        <translation>已导出为 {file}。</translation>
    </message>
    <message>
        <source>There is no recording of this picture.</source>
        <translation>没有这张图片的记录。</translation>
    </message>
    <message>
        <source>“{prompt}” was paused at step {step} of {steps}.</source>
        <translation>“{prompt}”暂停在第 {step} 步，共 {steps} 步。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>“{prompt}” with seed {seed} was paused at step {step} of {steps}.</source>
        <translation>“{prompt}”（种子 {seed}）暂停在第 {step} 步，共 {steps} 步。</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>挑选</translation>
    </message>
    <message>
        <source>One by one</source>
        <translation>逐个决定</translation>
    </message>
    <message>
        <source>This recording is pinned: it is kept even when recordings reach their limit.</source>
        <translation>这份记录已固定：即使记录达到上限也会保留。</translation>
    </message>
    <message>
        <source>This recording is no longer pinned: it is deleted when newer ones need the space.</source>
        <translation>这份记录已取消固定：当较新的记录需要空间时会被删除。</translation>
    </message>
    <message>
        <source>Deleted {size} MB of recordings.</source>
        <translation>已删除 {size} MB 记录。</translation>
    </message>
    <message>
        <source>Nothing was deleted: every recording is pinned, shown or unfinished.</source>
        <translation>没有删除任何记录：每一份都已固定、正在显示或尚未完成。</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>The recording of “{prompt}” is damaged. It can be resumed from step {step} of {steps}.</source>
        <translation>“{prompt}”的记录已损坏。可以从第 {step} 步（共 {steps} 步）继续。</translation>
    </message>
    <message>
        <source>“{prompt}”, at step {step} of {steps}, can&apos;t be resumed: the run that it branches from is missing or damaged.</source>
        <translation>“{prompt}”停在第 {step} 步，共 {steps} 步，无法继续：这个分支所源自的生成缺失或已损坏。</translation>
    </message>
    <message>
        <source>“{prompt}”, at step {step} of {steps}, can&apos;t be resumed: it was recorded by a newer Safelight.</source>
        <translation>“{prompt}”停在第 {step} 步，共 {steps} 步，无法继续：它由更新版本的 Safelight 记录。</translation>
    </message>
    <message>
        <source>“{prompt}” with seed {seed} was interrupted at step {step} of {steps}.</source>
        <translation>“{prompt}”（种子 {seed}）在第 {step} 步中断，共 {steps} 步。</translation>
    </message>
    <message>
        <source>“{prompt}” was interrupted at step {step} of {steps}.</source>
        <translation>“{prompt}”在第 {step} 步中断，共 {steps} 步。</translation>
    </message>
    <message>
        <source>{count} seeds of “{prompt}” wait at step {step} of {steps} for your choice.</source>
        <translation>“{prompt}”的 {count} 个种子停在第 {step} 步（共 {steps} 步），等待挑选。</translation>
    </message>
    <message>
        <source>Discard all</source>
        <translation>全部放弃</translation>
    </message>
    <message>
        <source>{count} runs were interrupted or paused.</source>
        <translation>有 {count} 次生成中断或暂停了。</translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation>全部继续</translation>
    </message>
    <message>
        <source>Recordings of a newer Safelight: {count}. They are left unchanged; update Safelight to open them.</source>
        <translation>由更新版本的 Safelight 写入的记录：{count} 份。它们保持原样；请更新 Safelight 后再打开。</translation>
    </message>
    <message>
        <source>Recordings that can&apos;t be read: {count}. Their pictures are not affected.</source>
        <translation>无法读取的记录：{count} 份。它们的图片没有受影响。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>no prompt</source>
        <translation>无提示词</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Branches</source>
        <translation>分支</translation>
    </message>
    <message>
        <source>Show this branch</source>
        <translation>显示这个分支</translation>
    </message>
    <message>
        <source>Compare with the shown one</source>
        <translation>与正在显示的对比</translation>
    </message>
    <message>
        <source>Stop comparing</source>
        <translation>停止对比</translation>
    </message>
    <message>
        <source>Delete branch</source>
        <translation>删除分支</translation>
    </message>
    <message>
        <source>Runs that share their first steps. Enter shows one at the same step, Delete deletes it.</source>
        <translation>前面步骤相同的各次生成。回车以同一步显示其中一个，Delete 将其删除。</translation>
    </message>
    <message>
        <source>from step {number}</source>
        <translation>始于第 {number} 步</translation>
    </message>
    <message>
        <source>{state} at step {number}</source>
        <translation>{state}，在第 {number} 步</translation>
    </message>
    <message>
        <source>shown</source>
        <translation>正在显示</translation>
    </message>
    <message>
        <source>compared</source>
        <translation>正在对比</translation>
    </message>
    <message>
        <source>running</source>
        <translation>正在进行</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Name of the branch</source>
        <translation>分支名称</translation>
    </message>
    <message>
        <source>Named after its changes</source>
        <translation>按其改动命名</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Show the chosen branch</source>
        <translation>显示所选分支</translation>
    </message>
    <message>
        <source>Compare the chosen branch with the shown one</source>
        <translation>将所选分支与当前显示的比较</translation>
    </message>
    <message>
        <source>C, Ctrl+click</source>
        <translation>C、Ctrl+单击</translation>
    </message>
    <message>
        <source>Star the chosen branch, or remove its star</source>
        <translation>给所选分支加上或取消星标</translation>
    </message>
    <message>
        <source>Rename the chosen branch</source>
        <translation>重命名所选分支</translation>
    </message>
    <message>
        <source>Delete the chosen branch</source>
        <translation>删除所选分支</translation>
    </message>
    <message>
        <source>Runs that share their first steps. Enter shows one, C compares it with the shown one, S stars it, F2 renames it, Delete deletes it; [ and ] go through them.</source>
        <translation>共用开头几步的生成。Enter 显示，C 与正在显示的对照，S 加星标或取消星标，F2 重命名，Delete 删除；[ 和 ] 逐个切换。</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Pause at step</source>
        <translation>在某步暂停</translation>
    </message>
    <message>
        <source>Pause after step</source>
        <translation>在此步之后暂停</translation>
    </message>
    <message>
        <source>The step after which this run pauses.</source>
        <translation>这次生成将在哪一步之后暂停。</translation>
    </message>
    <message>
        <source>Close this window; the pauses stay set.</source>
        <translation>关闭此窗口；暂停设定会保留。</translation>
    </message>
    <message>
        <source>Remove pause</source>
        <translation>取消暂停</translation>
    </message>
    <message>
        <source>Set pause</source>
        <translation>设定暂停</translation>
    </message>
    <message>
        <source>Shift+click a step in the timeline to do the same.</source>
        <translation>在时间线上 Shift+单击某一步也是一样。</translation>
    </message>
    <message>
        <source>No pause is set for this run.</source>
        <translation>这次生成没有设定暂停。</translation>
    </message>
    <message>
        <source>The run pauses after step {numbers}.</source>
        <translation>这次生成在第 {numbers} 步之后暂停。</translation>
    </message>
    <message>
        <source>{count} × {until} = {cost} steps. Finishing all of them would take {whole}.</source>
        <translation>{count} × {until} = {cost} 步。全部完成需要 {whole} 步。</translation>
    </message>
    <message>
        <source>A picture with a single step cannot pause before the end. Choose more steps.</source>
        <translation>只有一步的图片无法在结束前暂停。请增加步数。</translation>
    </message>
    <message>
        <source>Try several seeds</source>
        <translation>试多个种子</translation>
    </message>
    <message>
        <source>Starts this picture with several seeds and shows them side by side after the first steps. Choose which to finish; the others are discarded.</source>
        <translation>用多个种子开始这张图片，几步之后并排显示。选择要完成的，其余的会被丢弃。</translation>
    </message>
    <message>
        <source>How many</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>Number of seeds to try, counting up from the seed in the prompt panel.</source>
        <translation>要试的种子数量，从提示词面板中的种子起依次加一。</translation>
    </message>
    <message>
        <source>The step at which each one pauses for your choice. The layout has often settled after a quarter of the steps.</source>
        <translation>每一张暂停等您挑选的步骤。布局常常在四分之一的步数之后就定了。</translation>
    </message>
    <message>
        <source>Several prompts</source>
        <translation>多条提示词</translation>
    </message>
    <message>
        <source>Write one prompt on each line. {choices} stands for each of its choices. All other settings, with the seed, are those of the prompt panel.</source>
        <translation>每行写一条提示词。{choices} 依次代表其中的每个选项。其余设置（包括种子）与提示词面板相同。</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>One prompt on each line.</source>
        <translation>每行一条提示词。</translation>
    </message>
    <message>
        <source>1 prompt</source>
        <translation>1 条提示词</translation>
    </message>
    <message>
        <source>{columns} × {rows} = {count} pictures, {steps} steps.</source>
        <translation>{columns} × {rows} = {count} 张图片，共 {steps} 步。</translation>
    </message>
    <message>
        <source>Choose two different settings.</source>
        <translation>请选择两项不同的设置。</translation>
    </message>
    <message>
        <source>Choose at least two values of one of the settings.</source>
        <translation>请为其中一项设置选择至少两个值。</translation>
    </message>
    <message>
        <source>These are more than {most} pictures. Remove some values.</source>
        <translation>超过 {most} 张图片。请删去一些值。</translation>
    </message>
    <message>
        <source>Grid over two settings</source>
        <translation>两项设置的网格</translation>
    </message>
    <message>
        <source>Generates a picture of each combination of the values, and saves a contact sheet of them. All other settings are those of the prompt panel.</source>
        <translation>为每种取值组合生成一张图片，并保存一张小样张。其余设置与提示词面板相同。</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Close this window without generating.</source>
        <translation>关闭此窗口，不生成图片。</translation>
    </message>
    <message>
        <source>Generate all</source>
        <translation>全部生成</translation>
    </message>
    <message>
        <source>Generate all pictures of the grid, row by row.</source>
        <translation>逐行生成网格中的所有图片。</translation>
    </message>
    <message>
        <source>{setting}: this model does not use this setting.</source>
        <translation>{setting}：此模型不使用这项设置。</translation>
    </message>
    <message>
        <source>{setting}: “{text}” is not a number.</source>
        <translation>{setting}：“{text}”不是数字。</translation>
    </message>
    <message>
        <source>{setting}: “{text}” is not a whole number.</source>
        <translation>{setting}：“{text}”不是整数。</translation>
    </message>
    <message>
        <source>{setting}: values are from {least} to {most}.</source>
        <translation>{setting}：取值范围为 {least} 到 {most}。</translation>
    </message>
    <message>
        <source>{setting}: choose at least one value.</source>
        <translation>{setting}：请至少选择一个值。</translation>
    </message>
    <message>
        <source>The setting whose values these pictures have.</source>
        <translation>这些图片取不同值的设置。</translation>
    </message>
    <message>
        <source>One value on each line.</source>
        <translation>每行一个值。</translation>
    </message>
    <message>
        <source>Check the values to use.</source>
        <translation>勾选要使用的值。</translation>
    </message>
    <message>
        <source>The values, separated by commas.</source>
        <translation>取值，以逗号分隔。</translation>
    </message>
    <message>
        <source>Generate a picture of each prompt, one after another.</source>
        <translation>依次为每条提示词生成一张图片。</translation>
    </message>
    <message>
        <source>These are more than {most} prompts. Remove some.</source>
        <translation>超过 {most} 条提示词。请删去一些。</translation>
    </message>
    <message>
        <source>Write at least one prompt.</source>
        <translation>请至少写一条提示词。</translation>
    </message>
    <message>
        <source>Start all seeds, one after another.</source>
        <translation>依次开始所有种子。</translation>
    </message>
    <message>
        <source>To step</source>
        <translation>到第几步</translation>
    </message>
    <message>
        <source>Previews are off, so you could not compare the pictures. Turn them on in the Step tab of the inspector.</source>
        <translation>预览已关闭，无法比较图片。请在检查器的“步骤”标签页中打开预览。</translation>
    </message>
    <message>
        <source>Seeds</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>以后再选</translation>
    </message>
    <message>
        <source>Several seeds</source>
        <translation>多个种子</translation>
    </message>
    <message>
        <source>Choose which of the {count} to finish</source>
        <translation>从这 {count} 张中选择要完成的</translation>
    </message>
    <message>
        <source>Close this view (Esc). The runs stay paused, and you can open it again.</source>
        <translation>关闭这个视图 (Esc)。各次生成保持暂停，可以再次打开。</translation>
    </message>
    <message>
        <source>Discard all {count}</source>
        <translation>放弃全部 {count} 张</translation>
    </message>
    <message>
        <source>Finish none of them.</source>
        <translation>一张也不完成。</translation>
    </message>
    <message>
        <source>All are at step {step}.</source>
        <translation>全部已到第 {step} 步。</translation>
    </message>
    <message>
        <source>{arrived} of {count} are at step {step}.</source>
        <translation>{count} 张中有 {arrived} 张已到第 {step} 步。</translation>
    </message>
    <message>
        <source>Click to select, double-click to view.</source>
        <translation>单击选中，双击查看。</translation>
    </message>
    <message>
        <source>Finish {count} selected</source>
        <translation>完成选中的 {count} 张</translation>
    </message>
    <message>
        <source>Finish selected</source>
        <translation>完成选中的</translation>
    </message>
    <message>
        <source>Resume the selected runs and discard the other {count}.</source>
        <translation>继续选中的，放弃另外 {count} 张。</translation>
    </message>
    <message>
        <source>Nothing is selected yet.</source>
        <translation>还没有选中任何一张。</translation>
    </message>
    <message>
        <source>Select none</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Clear the selection.</source>
        <translation>清除选择。</translation>
    </message>
    <message>
        <source>Select all of them.</source>
        <translation>全部选中。</translation>
    </message>
    <message>
        <source>Discard all {count}?</source>
        <translation>放弃全部 {count} 张吗？</translation>
    </message>
    <message>
        <source>Seed {seed}, not started yet</source>
        <translation>种子 {seed}，尚未开始</translation>
    </message>
    <message>
        <source>{words}, selected</source>
        <translation>{words}，已选中</translation>
    </message>
    <message>
        <source>Space or a click selects it; Enter or a double-click shows it large.</source>
        <translation>按空格键或单击可选中；按 Enter 或双击可放大查看。</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>None of them will be finished.</source>
        <translation>一张也不会完成。</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Seed {seed}, step {step} of {steps}</source>
        <translation>种子 {seed}，第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>No preview</source>
        <translation>没有预览</translation>
    </message>
    <message>
        <source>nothing to avoid</source>
        <translation>不限制内容</translation>
    </message>
    <message>
        <source>Type a seed.</source>
        <translation>请输入一个种子。</translation>
    </message>
    <message>
        <source>This model does not use this setting.</source>
        <translation>此模型不使用这项设置。</translation>
    </message>
    <message>
        <source>Both recipes are the same.</source>
        <translation>两份配方相同。</translation>
    </message>
    <message>
        <source>{sampler} does not work with this model: {reason}.</source>
        <translation>{sampler} 不适用于此模型：{reason}。</translation>
    </message>
    <message>
        <source>This model cannot generate pictures of {width} × {height}.</source>
        <translation>此模型不能生成 {width} × {height} 的图片。</translation>
    </message>
    <message>
        <source>There is no other model yet. Open a model folder from the menu first.</source>
        <translation>目前没有其他模型。请先从菜单中打开模型文件夹。</translation>
    </message>
    <message>
        <source>Compare two pictures</source>
        <translation>对比生成</translation>
    </message>
    <message>
        <source>Generates two pictures that differ in one setting, step by step together, and shows them side by side.</source>
        <translation>逐步同时生成只有一项设置不同的两张图片，并排显示。</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>不同之处</translation>
    </message>
    <message>
        <source>The setting in which the two pictures differ.</source>
        <translation>两张图片中不同的那项设置。</translation>
    </message>
    <message>
        <source>The other picture</source>
        <translation>另一张</translation>
    </message>
    <message>
        <source>{thing} in the prompt panel</source>
        <translation>提示词面板中的{thing}</translation>
    </message>
    <message>
        <source>The value in the prompt panel. You can change it there.</source>
        <translation>提示词面板中的值，可在那里修改。</translation>
    </message>
    <message>
        <source>{thing} of the other picture</source>
        <translation>另一张的{thing}</translation>
    </message>
    <message>
        <source>The value for the other picture.</source>
        <translation>另一张图片使用的值。</translation>
    </message>
    <message>
        <source>Generate both</source>
        <translation>生成两张</translation>
    </message>
    <message>
        <source>Generate both pictures, alternating step by step.</source>
        <translation>逐步交替生成两张图片。</translation>
    </message>
    <message>
        <source>As in the prompt panel</source>
        <translation>与提示词面板相同</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>The values of this step were not recorded.</source>
        <translation>这一步的数值没有记录。</translation>
    </message>
    <message>
        <source>Values appear with the next step.</source>
        <translation>数值随下一步显示。</translation>
    </message>
    <message>
        <source>Values appear when no run is active.</source>
        <translation>没有生成在运行时显示数值。</translation>
    </message>
    <message>
        <source>Reading the values…</source>
        <translation>正在读取数值…</translation>
    </message>
    <message>
        <source>Position {column}, {row} of {columns} × {rows}</source>
        <translation>位置 {column}, {row}，共 {columns} × {rows}</translation>
    </message>
    <message>
        <source>The number of branches</source>
        <translation>分支数量</translation>
    </message>
    <message>
        <source>The number of LoRAs</source>
        <translation>LoRA 数量</translation>
    </message>
    <message>
        <source>The number of embeddings in the prompts</source>
        <translation>提示词中的嵌入数量</translation>
    </message>
    <message>
        <source>The step of a branch</source>
        <translation>分支的步骤</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Type a size such as 512 × 768.</source>
        <translation>请输入尺寸，例如 512 × 768。</translation>
    </message>
    <message>
        <source>Width and height must be multiples of {multiple} from {least} to {most}. The nearest size was selected.</source>
        <translation>宽和高必须是 {least} 到 {most} 之间 {multiple} 的倍数，已选择最接近的尺寸。</translation>
    </message>
    <message>
        <source>Tokens: the prompt is too long. The model ignores the words in grey.</source>
        <translation>词元：提示词过长，模型会忽略灰色的部分。</translation>
    </message>
    <message>
        <source>Tokens: number of word pieces in the prompt, and how many the model can read.</source>
        <translation>词元：提示词的词元数量，以及模型能读取的数量。</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>未改动</translation>
    </message>
    <message>
        <source>Ignored: {words}</source>
        <translation>未识别：{words}</translation>
    </message>
    <message>
        <source>The model does not know these words, so they do not change the picture as you expect.</source>
        <translation>模型不认识这些词，它们不会按您的期望影响画面。</translation>
    </message>
    <message>
        <source>{words} · try</source>
        <translation>{words}，可改用</translation>
    </message>
    <message>
        <source>Replace “{word}” with “{text}”.</source>
        <translation>将“{word}”替换为“{text}”。</translation>
    </message>
    <message>
        <source>Remove branches</source>
        <translation>移除分支</translation>
    </message>
    <message>
        <source>Generate pictures without these branches.</source>
        <translation>生成不含这些分支的图片。</translation>
    </message>
    <message>
        <source>The branch at step {step} is not possible with these settings, so no branch is included. {reason}</source>
        <translation>当前设置无法在第 {step} 步分支，因此不包含任何分支。{reason}</translation>
    </message>
    <message>
        <source>Includes 1 branch: {branches}</source>
        <translation>包含 1 个分支：{branches}</translation>
    </message>
    <message>
        <source>Includes {count} branches: {branches}</source>
        <translation>包含 {count} 个分支：{branches}</translation>
    </message>
    <message>
        <source>from step {number}, {changes}</source>
        <translation>从第 {number} 步起，{changes}</translation>
    </message>
    <message>
        <source>this model was trained with another kind of noise</source>
        <translation>此模型是用另一种噪声过程训练的</translation>
    </message>
    <message>
        <source>Noise schedule</source>
        <translation>噪声调度</translation>
    </message>
    <message>
        <source>Noise source</source>
        <translation>噪声来源</translation>
    </message>
    <message>
        <source>Clip skip</source>
        <translation>CLIP 跳过层数</translation>
    </message>
    <message>
        <source>VAE</source>
        <translation>VAE 自编码器</translation>
    </message>
    <message>
        <source>Refiner</source>
        <translation>精修模型</translation>
    </message>
    <message>
        <source>Second pass (hires fix)</source>
        <translation>第二遍（高清修复）</translation>
    </message>
    <message>
        <source>Upscaling</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Source picture</source>
        <translation>源图片</translation>
    </message>
    <message>
        <source>ControlNet</source>
        <translation>ControlNet 控制</translation>
    </message>
    <message>
        <source>Reference picture</source>
        <translation>参考图片</translation>
    </message>
    <message>
        <source>Styles</source>
        <translation>风格</translation>
    </message>
    <message>
        <source>Variation seed</source>
        <translation>变体种子</translation>
    </message>
    <message>
        <source>Further prompt</source>
        <translation>其他提示词</translation>
    </message>
    <message>
        <source>Other nodes</source>
        <translation>其他节点</translation>
    </message>
    <message>
        <source>LoRA</source>
        <translation>LoRA 模型</translation>
    </message>
    <message>
        <source>Prompt syntax</source>
        <translation>提示词语法</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>嵌入模型</translation>
    </message>
    <message>
        <source>Put Safelight into the applications menu and on the desktop, to start it with a double click?</source>
        <translation>要把 Safelight 放入应用程序菜单和桌面，以便双击启动吗？</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Safelight can now be started from the applications menu.</source>
        <translation>现在可以从应用程序菜单启动 Safelight。</translation>
    </message>
    <message>
        <source>Safelight was removed from the applications menu and the desktop.</source>
        <translation>Safelight 已从应用程序菜单和桌面移除。</translation>
    </message>
    <message>
        <source>Safelight ended unexpectedly.</source>
        <translation>Safelight 意外退出。</translation>
    </message>
    <message>
        <source>Failed: {checks}.</source>
        <translation>未通过：{checks}。</translation>
    </message>
    <message>
        <source>Safelight is in the applications menu. These files were written; --no-desktop removes them:</source>
        <translation>Safelight 已加入应用程序菜单。写入了以下文件，可用 --no-desktop 移除：</translation>
    </message>
    <message>
        <source>These files were deleted, and Safelight is no longer in the applications menu:</source>
        <translation>以下文件已删除，Safelight 已不在应用程序菜单中：</translation>
    </message>
    <message>
        <source>Safelight is not in the applications menu.</source>
        <translation>Safelight 不在应用程序菜单中。</translation>
    </message>
    <message>
        <source>Setting up Safelight. This happens once and takes a few minutes.</source>
        <translation>正在设置 Safelight。只需设置一次，要花几分钟。</translation>
    </message>
    <message>
        <source>Updating the set-up of Safelight.</source>
        <translation>正在更新 Safelight 的设置环境。</translation>
    </message>
    <message>
        <source>Safelight is ready.</source>
        <translation>Safelight 已就绪。</translation>
    </message>
    <message>
        <source>Safelight needs Python 3.11, 3.12 or 3.13, and this is Python {version}.</source>
        <translation>Safelight 需要 Python 3.11、3.12 或 3.13，而这是 Python {version}。</translation>
    </message>
    <message>
        <source>Start it with:  {python} installer/run.py</source>
        <translation>请这样启动：  {python} installer/run.py</translation>
    </message>
    <message>
        <source>Install one of them (Debian and Ubuntu: sudo apt-get install python3.12 python3.12-venv; Windows and macOS: python.org), then start again with it.</source>
        <translation>请安装其中一个版本（Debian 和 Ubuntu：sudo apt-get install python3.12 python3.12-venv；Windows 和 macOS：python.org），然后用它重新启动。</translation>
    </message>
    <message>
        <source>There is not enough disk space: the set-up needs about {need} GB, and {free} GB are free at {folder}.</source>
        <translation>磁盘空间不足：设置需要约 {need} GB，而 {folder} 处只有 {free} GB 可用。</translation>
    </message>
    <message>
        <source>Free some disk space, or move the Safelight folder to a larger disk, then start again.</source>
        <translation>请释放一些磁盘空间，或把 Safelight 文件夹移到更大的磁盘，然后重新启动。</translation>
    </message>
    <message>
        <source>Safelight cannot write to its folder {folder} ({problem}).</source>
        <translation>Safelight 不能写入自己的文件夹 {folder}（{problem}）。</translation>
    </message>
    <message>
        <source>Copy the folder to a place that you can write to, then start it there.</source>
        <translation>请把文件夹复制到可以写入的位置，再从那里启动。</translation>
    </message>
    <message>
        <source>Another start is setting up Safelight; waiting until it has finished.</source>
        <translation>另一次启动正在设置 Safelight，等待其完成。</translation>
    </message>
    <message>
        <source>These may be missing on this system; if the window does not open, install the packages that hold them: {names}</source>
        <translation>这个系统可能缺少以下文件；如果窗口打不开，请安装包含它们的软件包：{names}</translation>
    </message>
    <message>
        <source>To see Chinese characters, install a font for them:  sudo apt-get install {font}</source>
        <translation>要显示中文，请安装中文字体：  sudo apt-get install {font}</translation>
    </message>
    <message>
        <source>Some system packages are missing, and installing them needs the administrator&apos;s password. Run this, then start again:</source>
        <translation>缺少一些系统软件包，安装它们需要管理员密码。请运行以下命令，然后重新启动：</translation>
    </message>
    <message>
        <source>Adding system packages: {names}.</source>
        <translation>正在添加系统软件包：{names}。</translation>
    </message>
    <message>
        <source>Making a Python environment in {folder}.</source>
        <translation>正在 {folder} 中创建 Python 环境。</translation>
    </message>
    <message>
        <source>Installing Qt, the image libraries and their dependencies.</source>
        <translation>正在安装 Qt、图像库及其依赖项。</translation>
    </message>
    <message>
        <source>Installing torch for the NVIDIA graphics card: a download of about 3 GB.</source>
        <translation>正在为 NVIDIA 显卡安装 torch：需下载约 3 GB。</translation>
    </message>
    <message>
        <source>There is no NVIDIA graphics card, so torch is installed for the processor: a download of about 200 MB.</source>
        <translation>没有 NVIDIA 显卡，因此安装处理器版本的 torch：需下载约 200 MB。</translation>
    </message>
    <message>
        <source>The package source gave torch {version}, which is not the build for the processor.</source>
        <translation>软件源提供了 torch {version}，这不是处理器版本。</translation>
    </message>
    <message>
        <source>Check the index and find-links settings of pip (pip config list), then start again.</source>
        <translation>请检查 pip 的 index 和 find-links 设置（pip config list），然后重新启动。</translation>
    </message>
    <message>
        <source>Checking that everything loads.</source>
        <translation>正在检查所有组件能否加载。</translation>
    </message>
    <message>
        <source>Setting up did not work.</source>
        <translation>设置失败。</translation>
    </message>
    <message>
        <source>The disk is full. Free some space, for temporary files too (TMPDIR can name another folder), then start again.</source>
        <translation>磁盘已满。请释放一些空间，临时文件也需要空间（可用 TMPDIR 指定其他文件夹），然后重新启动。</translation>
    </message>
    <message>
        <source>The system&apos;s package lists do not contain a package that is needed. Check the sources in /etc/apt, then start again.</source>
        <translation>系统的软件包列表中缺少所需的软件包。请检查 /etc/apt 中的软件源，然后重新启动。</translation>
    </message>
    <message>
        <source>Another program is installing system packages. Wait until it has finished, then start again.</source>
        <translation>另一个程序正在安装系统软件包。请等它完成后重新启动。</translation>
    </message>
    <message>
        <source>The network could not be reached. Check the connection, and the proxy if there is one, then start again. Finished downloads are kept.</source>
        <translation>无法连接网络。请检查网络连接和代理（如有），然后重新启动。已完成的下载会保留。</translation>
    </message>
    <message>
        <source>A package had to be compiled, and there is no compiler. Install one (Debian and Ubuntu: sudo apt-get install build-essential python3-dev; macOS: xcode-select --install; Windows: Visual Studio Build Tools), then start again.</source>
        <translation>有一个软件包需要编译，但没有编译器。请安装编译器（Debian 和 Ubuntu：sudo apt-get install build-essential python3-dev；macOS：xcode-select --install；Windows：Visual Studio Build Tools），然后重新启动。</translation>
    </message>
    <message>
        <source>There is no build of this package for your system or your Python. Try another Python (3.11, 3.12 or 3.13).</source>
        <translation>这个软件包没有适合您的系统或 Python 的版本。请换用其他 Python（3.11、3.12 或 3.13）。</translation>
    </message>
    <message>
        <source>The Safelight folder cannot be written to. Copy it to a place that you can write to, then start it there.</source>
        <translation>不能写入 Safelight 文件夹。请把它复制到可以写入的位置，再从那里启动。</translation>
    </message>
    <message>
        <source>If this happens again, delete the folder .venv and start again.</source>
        <translation>如果再次出现这个问题，请删除文件夹 .venv，然后重新启动。</translation>
    </message>
    <message>
        <source>Interrupted. The next start continues the set-up.</source>
        <translation>已中断。下次启动时会继续设置。</translation>
    </message>
    <message>
        <source>The log file {log} has the details.</source>
        <translation>详情见日志文件 {log}。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Cancelling. The next start continues the set-up.</source>
        <translation>正在取消。下次启动时会继续设置。</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>创作</translation>
    </message>
    <message>
        <source>Gallery</source>
        <translation>图库</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>学习</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Nothing is queued.</source>
        <translation>队列是空的。</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>全部暂停</translation>
    </message>
    <message>
        <source>Pause the run after this step, and the training. The queue waits until you resume it.</source>
        <translation>这一步完成后暂停生成，训练也暂停。队列会等到您继续为止。</translation>
    </message>
    <message>
        <source>About how long everything that runs and waits will take.</source>
        <translation>正在进行和等待的全部工作大约还要多久。</translation>
    </message>
    <message>
        <source>Show the training in Learn.</source>
        <translation>在“学习”里显示这次训练。</translation>
    </message>
    <message>
        <source>Training: {pictures}</source>
        <translation>训练：{pictures}</translation>
    </message>
    <message>
        <source>waits for the run</source>
        <translation>等待生成完成</translation>
    </message>
    <message>
        <source>{time} for all</source>
        <translation>全部还需 {time}</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Model: {model}</source>
        <translation>模型：{model}</translation>
    </message>
    <message>
        <source>Choose the model for the next picture.</source>
        <translation>选择用于下一张图片的模型。</translation>
    </message>
    <message>
        <source>Reads prompts in {languages}.</source>
        <translation>可读的提示词语言：{languages}。</translation>
    </message>
    <message>
        <source>Safelight does not know this kind of model: it runs as diffusers does, with its own sampler.</source>
        <translation>Safelight 不了解这类模型：按 diffusers 的方式运行，使用模型自带的采样器。</translation>
    </message>
    <message>
        <source>Search models…</source>
        <translation>搜索模型…</translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation>无法使用</translation>
    </message>
    <message>
        <source>Shared from the model “{model}”: {parts}.</source>
        <translation>与模型“{model}”共用：{parts}。</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Go to a day.</source>
        <translation>跳转到某一天。</translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation>M月d</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>全部模型</translation>
    </message>
    <message>
        <source>Any size</source>
        <translation>任意尺寸</translation>
    </message>
    <message>
        <source>Any sampler</source>
        <translation>任意采样器</translation>
    </message>
    <message>
        <source>Starred</source>
        <translation>已加星标</translation>
    </message>
    <message>
        <source>Branched</source>
        <translation>有分支</translation>
    </message>
    <message>
        <source>With steps</source>
        <translation>有步骤</translation>
    </message>
    <message>
        <source>Unfinished</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>回收站</translation>
    </message>
    <message>
        <source>Search words, seeds, models</source>
        <translation>搜索词语、种子、模型</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>By family</source>
        <translation>按系列</translation>
    </message>
    <message>
        <source>Smallest first</source>
        <translation>从小到大</translation>
    </message>
    <message>
        <source>Largest first</source>
        <translation>从大到小</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>最新在前</translation>
    </message>
    <message>
        <source>removing {folder} from the models</source>
        <translation>从模型中移除 {folder}</translation>
    </message>
    <message>
        <source>The models in {folder} are no longer listed. Its files are unchanged.</source>
        <translation>{folder} 中的模型不再列出。其文件保持不变。</translation>
    </message>
    <message>
        <source>removing {model} from the models</source>
        <translation>从模型中移除 {model}</translation>
    </message>
    <message>
        <source>{model} is no longer listed. Its files are unchanged.</source>
        <translation>{model} 不再列出。其文件保持不变。</translation>
    </message>
    <message>
        <source>{model} was read again.</source>
        <translation>已重新读取 {model}。</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>最早在前</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Words in the prompt, model, sampler, seed or file name, all of which must occur; phrases in quotes. (Ctrl+F)</source>
        <translation>在提示词、模型、采样器、种子或文件名中查找，须包含所有词语；短语请加引号。(Ctrl+F)</translation>
    </message>
    <message>
        <source>Show pictures of one model.</source>
        <translation>只显示某个模型的图片。</translation>
    </message>
    <message>
        <source>Show pictures of one size.</source>
        <translation>只显示某种尺寸的图片。</translation>
    </message>
    <message>
        <source>Show pictures of one sampler.</source>
        <translation>只显示某种采样器的图片。</translation>
    </message>
    <message>
        <source>Show starred pictures.</source>
        <translation>只显示已加星标的图片。</translation>
    </message>
    <message>
        <source>Show pictures of branches.</source>
        <translation>只显示有分支的图片。</translation>
    </message>
    <message>
        <source>Show pictures whose steps are recorded.</source>
        <translation>只显示有步骤记录的图片。</translation>
    </message>
    <message>
        <source>Show runs that were paused, stopped or failed.</source>
        <translation>只显示已暂停、已停止或失败的生成。</translation>
    </message>
    <message>
        <source>Show deleted pictures and runs, to restore them or delete them for good.</source>
        <translation>显示已删除的图片和生成过程，以便恢复或永久删除。</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Which pictures come first.</source>
        <translation>哪些图片排在前面。</translation>
    </message>
    <message>
        <source>Size of the tiles</source>
        <translation>缩略图大小</translation>
    </message>
    <message>
        <source>How large the pictures are shown. (Ctrl+wheel)</source>
        <translation>图片显示的大小。(Ctrl+滚轮)</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>The folders whose pictures the gallery shows.</source>
        <translation>图库显示哪些文件夹中的图片。</translation>
    </message>
    <message>
        <source>Show the chosen picture large</source>
        <translation>放大显示所选图片</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Ctrl+滚轮</translation>
    </message>
    <message>
        <source>The trash is empty.</source>
        <translation>回收站是空的。</translation>
    </message>
    <message>
        <source>No picture matches.</source>
        <translation>没有符合条件的图片。</translation>
    </message>
    <message>
        <source>All pictures, by day. Enter shows one large, S stars it, Delete moves it to the trash, the menu key has the rest.</source>
        <translation>所有图片，按日期排列。回车放大显示，S 加星标，Delete 移到回收站，其余操作见菜单键。</translation>
    </message>
    <message>
        <source>Details of the picture</source>
        <translation>图片详情</translation>
    </message>
    <message>
        <source>How often the run branched.</source>
        <translation>这次生成分支的次数。</translation>
    </message>
    <message>
        <source>The program that wrote the recipe.</source>
        <translation>写入配方的程序。</translation>
    </message>
    <message>
        <source>When the picture was made.</source>
        <translation>图片的生成时间。</translation>
    </message>
    <message>
        <source>{count} pictures are selected.</source>
        <translation>已选择 {count} 张图片。</translation>
    </message>
    <message>
        <source>Select a picture to see how it was made.</source>
        <translation>选择一张图片，查看它的生成信息。</translation>
    </message>
    <message>
        <source>This picture has no recipe.</source>
        <translation>这张图片没有配方。</translation>
    </message>
    <message>
        <source>Could not be read: {values}</source>
        <translation>未能读取：{values}</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>生成时间</translation>
    </message>
    <message>
        <source>Picture before and next picture</source>
        <translation>上一张和下一张图片</translation>
    </message>
    <message>
        <source>Back to all pictures</source>
        <translation>返回全部图片</translation>
    </message>
    <message>
        <source>The picture of the gallery. ← and → show others, the wheel, + and − zoom, 0 fits the picture, Esc goes back.</source>
        <translation>图库中的图片。← 和 → 切换图片，滚轮、+ 和 − 缩放，0 适应窗口，Esc 返回。</translation>
    </message>
    <message>
        <source>All pictures</source>
        <translation>全部图片</translation>
    </message>
    <message>
        <source>Go back to all pictures. (Esc)</source>
        <translation>返回全部图片。(Esc)</translation>
    </message>
    <message>
        <source>Picture before</source>
        <translation>上一张</translation>
    </message>
    <message>
        <source>Show the picture before. (←)</source>
        <translation>显示上一张图片。(←)</translation>
    </message>
    <message>
        <source>Next picture</source>
        <translation>下一张</translation>
    </message>
    <message>
        <source>Show the next picture. (→)</source>
        <translation>显示下一张图片。(→)</translation>
    </message>
    <message>
        <source>This picture</source>
        <translation>这张图片</translation>
    </message>
    <message>
        <source>Same prompt</source>
        <translation>提示词相同</translation>
    </message>
    <message>
        <source>Same starting noise (seed, size and model)</source>
        <translation>初始噪声相同（种子、尺寸和模型）</translation>
    </message>
    <message>
        <source>Similar prompt</source>
        <translation>提示词相近</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>dddd, d MMMM</source>
        <translation>M月d日 dddd</translation>
    </message>
    <message>
        <source>Finished run</source>
        <translation>已完成的生成过程</translation>
    </message>
    <message>
        <source>today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>starred</source>
        <translation>已加星标</translation>
    </message>
    <message>
        <source>1 picture</source>
        <translation>1 张图片</translation>
    </message>
    <message>
        <source>1 item</source>
        <translation>1 项</translation>
    </message>
    <message>
        <source>{count} items</source>
        <translation>{count} 项</translation>
    </message>
    <message>
        <source>Search or run</source>
        <translation>搜索或执行</translation>
    </message>
    <message>
        <source>Type the name of an action in English or Chinese. Arrows choose, Enter runs.</source>
        <translation>输入操作的中文或英文名称，用方向键选择，按 Enter 执行。</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>There is no action with this name.</source>
        <translation>没有这样的操作。</translation>
    </message>
    <message>
        <source>The training is finished</source>
        <translation>训练完成了</translation>
    </message>
    <message>
        <source>The picture is finished</source>
        <translation>图片已完成</translation>
    </message>
    <message>
        <source>The picture could not be finished</source>
        <translation>图片未能完成</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Undone: {change}.</source>
        <translation>已撤销：{change}。</translation>
    </message>
    <message>
        <source>Undo {change}</source>
        <translation>撤销{change}</translation>
    </message>
    <message>
        <source>Take back what was removed, rearranged or replaced last.</source>
        <translation>撤销上一次移除、移动或替换。</translation>
    </message>
    <message>
        <source>Redo {change}</source>
        <translation>重做{change}</translation>
    </message>
    <message>
        <source>Do again what was undone last.</source>
        <translation>重做刚刚撤销的操作。</translation>
    </message>
    <message>
        <source>Watch a picture develop</source>
        <translation>看一张图片如何生成</translation>
    </message>
    <message>
        <source>Point at an example to see its steps. Click to make it here.</source>
        <translation>将指针移到示例上即可查看每一步；点击即可在此生成。</translation>
    </message>
    <message>
        <source>Take the tour</source>
        <translation>开始导览</translation>
    </message>
    <message>
        <source>Show what the most important controls do.</source>
        <translation>介绍最重要的控件。</translation>
    </message>
    <message>
        <source>Show me around</source>
        <translation>带我看看</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Do not offer the tour again. Help (F1) shows it at any time.</source>
        <translation>不再提示导览；随时可在帮助（F1）中打开。</translation>
    </message>
    <message>
        <source>Make this picture: {prompt}</source>
        <translation>生成这张图片：{prompt}</translation>
    </message>
    <message>
        <source>Make it</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Search in English or Chinese</source>
        <translation>用中文或英文搜索</translation>
    </message>
    <message>
        <source>Type the name of an action to find its key.</source>
        <translation>输入操作名称以查找其快捷键。</translation>
    </message>
    <message>
        <source>Every action that has a key.</source>
        <translation>所有带快捷键的操作。</translation>
    </message>
    <message>
        <source>There is no action with a key and this name.</source>
        <translation>没有这个名称的带快捷键操作。</translation>
    </message>
    <message>
        <source>Write what the picture shows, in English or Chinese. Unknown words are underlined.</source>
        <translation>用中文或英文描述图片内容。模型不认识的词会带下划线。</translation>
    </message>
    <message>
        <source>Generate starts the run. While it goes, more pictures can be added to the queue.</source>
        <translation>“生成”开始运行；运行期间还可以把更多图片加入队列。</translation>
    </message>
    <message>
        <source>Watch it</source>
        <translation>观看过程</translation>
    </message>
    <message>
        <source>Every step appears here. Press Space to pause, and change the view with the buttons above it.</source>
        <translation>每一步都显示在这里。按空格键暂停，用图片上方的按钮切换视图。</translation>
    </message>
    <message>
        <source>Go back in time</source>
        <translation>回到之前</translation>
    </message>
    <message>
        <source>All steps are kept. Drag through them, and branch from any of them with another prompt.</source>
        <translation>所有步骤都会保留。拖动即可浏览，也可以从任意一步用其他提示词分支。</translation>
    </message>
    <message>
        <source>Find everything</source>
        <translation>查找一切</translation>
    </message>
    <message>
        <source>Every action is here by name, with its key. F1 opens the help, which shows this tour again.</source>
        <translation>所有操作都可按名称找到，并标有快捷键。F1 打开帮助，可再次查看本导览。</translation>
    </message>
    <message>
        <source>Tour</source>
        <translation>导览</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>End the tour (Esc). Help shows it again.</source>
        <translation>结束导览（Esc）。可在帮助中再次打开。</translation>
    </message>
    <message>
        <source>Animals</source>
        <translation>动物</translation>
    </message>
    <message>
        <source>People</source>
        <translation>人物</translation>
    </message>
    <message>
        <source>Food</source>
        <translation>食物</translation>
    </message>
    <message>
        <source>Plants</source>
        <translation>植物</translation>
    </message>
    <message>
        <source>Vehicles</source>
        <translation>交通工具</translation>
    </message>
    <message>
        <source>Buildings</source>
        <translation>建筑</translation>
    </message>
    <message>
        <source>Instruments</source>
        <translation>乐器</translation>
    </message>
    <message>
        <source>Sports</source>
        <translation>运动</translation>
    </message>
    <message>
        <source>Clothes</source>
        <translation>服饰</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Sky and fire</source>
        <translation>天空与火</translation>
    </message>
    <message>
        <source>Other things</source>
        <translation>其他物品</translation>
    </message>
    <message>
        <source>Places</source>
        <translation>地点</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>Sizes</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Arrangements</source>
        <translation>位置关系</translation>
    </message>
    <message>
        <source>Actions of things</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>Click a word, or choose it with the arrows and press Enter, to put it into the prompt.</source>
        <translation>点击词语，或用方向键选择后按 Enter，即可加入提示词。</translation>
    </message>
    <message>
        <source>Type a word; arrows choose, Enter puts it into the prompt.</source>
        <translation>输入词语；方向键选择，Enter 加入提示词。</translation>
    </message>
    <message>
        <source>Known words</source>
        <translation>认识的词语</translation>
    </message>
    <message>
        <source>Enter puts the chosen word into the prompt.</source>
        <translation>Enter 将所选词语加入提示词。</translation>
    </message>
    <message>
        <source>The model does not know this word.</source>
        <translation>模型不认识这个词。</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Show how the picture was made.</source>
        <translation>显示图片是如何生成的。</translation>
    </message>
    <message>
        <source>Show what happens in the step.</source>
        <translation>显示这一步发生了什么。</translation>
    </message>
    <message>
        <source>Show every run of every session.</source>
        <translation>显示每次启动中的全部生成过程。</translation>
    </message>
    <message>
        <source>Search the history…</source>
        <translation>搜索历史…</translation>
    </message>
    <message>
        <source>Find a run of any session by its words.</source>
        <translation>按字词查找任何一次启动中的生成过程。</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Fine</source>
        <translation>精细</translation>
    </message>
    <message>
        <source>{steps} steps: fewer are faster, more show finer detail.</source>
        <translation>{steps} 步：步数少更快，步数多细节更精细。</translation>
    </message>
    <message>
        <source>Fold this section.</source>
        <translation>折叠此部分。</translation>
    </message>
    <message>
        <source>Open this section.</source>
        <translation>展开此部分。</translation>
    </message>
    <message>
        <source>The loupe is at {x} % from the left and {y} % from the top.</source>
        <translation>放大镜位于距左 {x}%、距上 {y}% 处。</translation>
    </message>
    <message>
        <source>The contact sheet of the grid was saved as {file}.</source>
        <translation>网格的小样张已保存为 {file}。</translation>
    </message>
    <message>
        <source>Raise or lower the weight of the chosen words</source>
        <translation>增减所选词语的权重</translation>
    </message>
    <message>
        <source>Earlier and later prompts</source>
        <translation>较早和较晚的提示词</translation>
    </message>
    <message>
        <source>deleting the style “{name}”</source>
        <translation>删除风格“{name}”</translation>
    </message>
    <message>
        <source>The style “{name}” was deleted.</source>
        <translation>风格“{name}”已删除。</translation>
    </message>
    <message>
        <source>new style</source>
        <translation>新风格</translation>
    </message>
    <message>
        <source>Words that you use often, each under a name. The styles button adds them to the prompt.</source>
        <translation>常用的词语，各有名称。点击风格按钮可将其加入提示词。</translation>
    </message>
    <message>
        <source>Choose a style to change it. Del deletes it.</source>
        <translation>选择一个风格进行修改。按 Del 删除。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>What the menu calls this style.</source>
        <translation>菜单中显示的名称。</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>词语</translation>
    </message>
    <message>
        <source>What this style adds to the prompt.</source>
        <translation>此风格加入提示词的内容。</translation>
    </message>
    <message>
        <source>New style</source>
        <translation>新建风格</translation>
    </message>
    <message>
        <source>Add a style.</source>
        <translation>添加一个风格。</translation>
    </message>
    <message>
        <source>Delete this style. It can be undone.</source>
        <translation>删除此风格。可以撤销。</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>没有图片</translation>
    </message>
    <message>
        <source>a model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>a video model</source>
        <translation>视频模型</translation>
    </message>
    <message>
        <source>a LoRA</source>
        <translation>LoRA</translation>
    </message>
    <message>
        <source>an autoencoder (VAE)</source>
        <translation>自编码器（VAE）</translation>
    </message>
    <message>
        <source>a small autoencoder for previews (TAESD)</source>
        <translation>用于预览的小型自编码器（TAESD）</translation>
    </message>
    <message>
        <source>a text encoder</source>
        <translation>文本编码器</translation>
    </message>
    <message>
        <source>an image encoder</source>
        <translation>图像编码器</translation>
    </message>
    <message>
        <source>a ControlNet</source>
        <translation>ControlNet</translation>
    </message>
    <message>
        <source>an adapter for pictures (IP-Adapter or T2I-Adapter)</source>
        <translation>图片适配器（IP-Adapter 或 T2I-Adapter）</translation>
    </message>
    <message>
        <source>a motion module (AnimateDiff)</source>
        <translation>运动模块（AnimateDiff）</translation>
    </message>
    <message>
        <source>an embedding (textual inversion)</source>
        <translation>嵌入（textual inversion）</translation>
    </message>
    <message>
        <source>an upscaler</source>
        <translation>放大模型</translation>
    </message>
    <message>
        <source>{size} on disk</source>
        <translation>占磁盘 {size}</translation>
    </message>
    <message>
        <source>needs {size} of memory</source>
        <translation>需要 {size} 内存</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>in Create</source>
        <translation>正在使用</translation>
    </message>
    <message>
        <source>Use the chosen model</source>
        <translation>使用所选模型</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>这台电脑</translation>
    </message>
    <message>
        <source>{size}, {free} free</source>
        <translation>{size}，空闲 {free}</translation>
    </message>
    <message>
        <source>{size} of memory</source>
        <translation>内存 {size}</translation>
    </message>
    <message>
        <source>{size} free</source>
        <translation>空闲 {size}</translation>
    </message>
    <message>
        <source>on the disk of Safelight</source>
        <translation>在 Safelight 所在磁盘</translation>
    </message>
    <message>
        <source>Details of the model</source>
        <translation>模型详情</translation>
    </message>
    <message>
        <source>Details of the LoRA</source>
        <translation>LoRA 详情</translation>
    </message>
    <message>
        <source>Details of the embedding</source>
        <translation>嵌入的详细信息</translation>
    </message>
    <message>
        <source>Select a model to see what is known of it.</source>
        <translation>选择一个模型，查看其信息。</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>What suits this model at first: {source}.</source>
        <translation>适合此模型的初始设置：{source}。</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>系列</translation>
    </message>
    <message>
        <source>Models of one family work alike and share parts.</source>
        <translation>同一系列的模型工作方式相同，并可共用部件。</translation>
    </message>
    <message>
        <source>How much of the LoRA or embedding the model chosen in Create can use.</source>
        <translation>“创作”中所选模型能使用这个 LoRA 或嵌入的多少内容。</translation>
    </message>
    <message>
        <source>Words in the prompt that call up what it was trained on.</source>
        <translation>写在提示词中、能唤出它所学内容的词语。</translation>
    </message>
    <message>
        <source>Vectors</source>
        <translation>向量</translation>
    </message>
    <message>
        <source>How many tokens its name takes in a prompt.</source>
        <translation>它的名称在提示词中占多少个词元。</translation>
    </message>
    <message>
        <source>Needs</source>
        <translation>需要</translation>
    </message>
    <message>
        <source>The settings of a LoRA for few steps; they are set when it is added.</source>
        <translation>少步数 LoRA 的设置；添加它时会自动设好。</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>The strength that is preferred for it; it is set when it is added.</source>
        <translation>它的推荐强度，添加时会自动设置。</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>秩</translation>
    </message>
    <message>
        <source>The size of the matrices that are added to each layer.</source>
        <translation>加到每一层上的矩阵的大小。</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>The program whose names the layers have in the file.</source>
        <translation>文件中各层的名称来自哪个程序。</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>How the numbers of the weights are stored.</source>
        <translation>权重数值的存储方式。</translation>
    </message>
    <message>
        <source>Best size</source>
        <translation>最佳尺寸</translation>
    </message>
    <message>
        <source>The size of the pictures that the model was trained with.</source>
        <translation>训练此模型所用图片的尺寸。</translation>
    </message>
    <message>
        <source>Reads</source>
        <translation>可读语言</translation>
    </message>
    <message>
        <source>The languages in which prompts work.</source>
        <translation>提示词可用的语言。</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘占用</translation>
    </message>
    <message>
        <source>The size of its weights.</source>
        <translation>其权重的大小。</translation>
    </message>
    <message>
        <source>Shares parts of</source>
        <translation>共用部件来自</translation>
    </message>
    <message>
        <source>The file lacks parts, which are read from this model.</source>
        <translation>该文件缺少部件，这些部件从此模型读取。</translation>
    </message>
    <message>
        <source>Found in</source>
        <translation>发现于</translation>
    </message>
    <message>
        <source>The watched folder in which it was found.</source>
        <translation>发现它的监视文件夹。</translation>
    </message>
    <message>
        <source>Lies in</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Its folder or file.</source>
        <translation>其文件夹或文件。</translation>
    </message>
    <message>
        <source>Memory on this machine</source>
        <translation>本机内存</translation>
    </message>
    <message>
        <source>{needed} of {size}</source>
        <translation>{needed} / {size}</translation>
    </message>
    <message>
        <source>Pictures at {width} × {height}</source>
        <translation>{width} × {height} 的图片</translation>
    </message>
    <message>
        <source>Add a folder with models</source>
        <translation>添加包含模型的文件夹</translation>
    </message>
    <message>
        <source>Add model files</source>
        <translation>添加模型文件</translation>
    </message>
    <message>
        <source>Models and LoRAs</source>
        <translation>模型和 LoRA</translation>
    </message>
    <message>
        <source>There are no LoRAs yet. Add a file or a folder, or drop it here.</source>
        <translation>还没有 LoRA。请添加文件或文件夹，或拖放到这里。</translation>
    </message>
    <message>
        <source>Make default</source>
        <translation>设为默认</translation>
    </message>
    <message>
        <source>Any family</source>
        <translation>所有系列</translation>
    </message>
    <message>
        <source>Search names, families and folders of models.</source>
        <translation>搜索模型的名称、系列和文件夹。</translation>
    </message>
    <message>
        <source>Choose this model in Create, add this LoRA to those used there, or write this embedding in the prompt.</source>
        <translation>在“创作”中选用这个模型，把这个 LoRA 加到那里使用的 LoRA 中，或把这个嵌入写进提示词。</translation>
    </message>
    <message>
        <source>Choose this model whenever Safelight starts; otherwise the last one is chosen.</source>
        <translation>每次启动 Safelight 时选择此模型；否则选择上次使用的模型。</translation>
    </message>
    <message>
        <source>Open the folder in which this model lies.</source>
        <translation>打开此模型所在的文件夹。</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>重新读取</translation>
    </message>
    <message>
        <source>Read the facts of this model from its files again.</source>
        <translation>从文件重新读取此模型的信息。</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Do not list this any more. Its files stay as they are. The starter stays listed, and LoRAs of folders.</source>
        <translation>不再列出这一项。它的文件保持不变。入门模型和文件夹中的 LoRA 始终列出。</translation>
    </message>
    <message>
        <source>List a model folder, or all models and LoRAs in a folder.</source>
        <translation>列出一个模型文件夹，或一个文件夹中的所有模型和 LoRA。</translation>
    </message>
    <message>
        <source>List models and LoRAs that are single files.</source>
        <translation>列出单个文件形式的模型和 LoRA。</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新查看</translation>
    </message>
    <message>
        <source>Find out what is in the watched folders now.</source>
        <translation>查看监视文件夹中现在的内容。</translation>
    </message>
    <message>
        <source>Show or hide what is known of the model.</source>
        <translation>显示或隐藏模型的信息。</translation>
    </message>
    <message>
        <source>Show all models</source>
        <translation>显示所有模型</translation>
    </message>
    <message>
        <source>Words in the name, the family or the path, all of which must occur. (Ctrl+F)</source>
        <translation>名称、系列或路径中的词，必须全部出现。（Ctrl+F）</translation>
    </message>
    <message>
        <source>Show models of one family.</source>
        <translation>只显示一个系列的模型。</translation>
    </message>
    <message>
        <source>Reads Chinese</source>
        <translation>可读中文</translation>
    </message>
    <message>
        <source>Show models that understand prompts in Chinese.</source>
        <translation>只显示能理解中文提示词的模型。</translation>
    </message>
    <message>
        <source>Which models come first.</source>
        <translation>哪些模型排在前面。</translation>
    </message>
    <message>
        <source>No model fits the search. Press Esc to show all models.</source>
        <translation>没有符合搜索的模型。按 Esc 显示所有模型。</translation>
    </message>
    <message>
        <source>Models use {size}</source>
        <translation>模型占用 {size}</translation>
    </message>
    <message>
        <source>Disk space of models</source>
        <translation>模型的磁盘空间</translation>
    </message>
    <message>
        <source>What all listed models take, beside what is free on the disk of Safelight.</source>
        <translation>所有列出的模型占用的空间，与 Safelight 所在磁盘的空闲空间对比。</translation>
    </message>
    <message>
        <source>{done} of {count} models are read</source>
        <translation>已读取 {done} / {count} 个模型</translation>
    </message>
    <message>
        <source>Folders with models</source>
        <translation>包含模型的文件夹</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>Found on this computer</source>
        <translation>在这台电脑上发现</translation>
    </message>
    <message>
        <source>Show all models.</source>
        <translation>显示所有模型。</translation>
    </message>
    <message>
        <source>Added one by one</source>
        <translation>逐个添加</translation>
    </message>
    <message>
        <source>Show the starter, and the models and LoRAs that you opened yourself.</source>
        <translation>显示入门模型，以及您自己打开的模型和 LoRA。</translation>
    </message>
    <message>
        <source>List LoRAs and models that are single files.</source>
        <translation>列出单个文件形式的 LoRA 和模型。</translation>
    </message>
    <message>
        <source>List all models and LoRAs in a folder, and follow its changes.</source>
        <translation>列出文件夹中的所有模型和 LoRA，并跟随其变化。</translation>
    </message>
    <message>
        <source>List models and LoRAs, or all that are in a folder. Nothing is copied or changed.</source>
        <translation>列出模型和 LoRA，或一个文件夹中的全部。不会复制或更改任何东西。</translation>
    </message>
    <message>
        <source>Show the models and LoRAs in {folder}.</source>
        <translation>显示 {folder} 中的模型和 LoRA。</translation>
    </message>
    <message>
        <source>Do not list what is in this folder any more. Its files stay as they are.</source>
        <translation>不再列出这个文件夹中的内容。它的文件保持不变。</translation>
    </message>
    <message>
        <source>Add a folder or a file</source>
        <translation>添加文件夹或文件</translation>
    </message>
    <message>
        <source>LoRAs and embeddings</source>
        <translation>LoRA 和嵌入</translation>
    </message>
    <message>
        <source>Show all LoRAs and embeddings.</source>
        <translation>显示全部 LoRA 和嵌入。</translation>
    </message>
    <message>
        <source>Remove {folder} from the list</source>
        <translation>从列表中移除 {folder}</translation>
    </message>
    <message>
        <source>List the models in {folder}. They stay where they are.</source>
        <translation>列出 {folder} 中的模型。它们留在原处。</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英文</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>guidance {scale}</source>
        <translation>引导 {scale}</translation>
    </message>
    <message>
        <source>guidance off</source>
        <translation>无引导</translation>
    </message>
    <message>
        <source>Same weights as: {models}</source>
        <translation>权重与以下模型相同：{models}</translation>
    </message>
    <message>
        <source>its layers cannot be read in this form</source>
        <translation>无法读取这种形式的层</translation>
    </message>
    <message>
        <source>some of its layers found no place</source>
        <translation>有些层找不到位置</translation>
    </message>
    <message>
        <source>this kind of model takes no LoRAs</source>
        <translation>这类模型不支持 LoRA</translation>
    </message>
    <message>
        <source>removing the LoRA “{name}”</source>
        <translation>移除 LoRA“{name}”</translation>
    </message>
    <message>
        <source>The LoRA “{name}” was removed.</source>
        <translation>已移除 LoRA“{name}”。</translation>
    </message>
    <message>
        <source>moving the LoRA “{name}”</source>
        <translation>移动 LoRA“{name}”</translation>
    </message>
    <message>
        <source>At most {most} LoRAs can be used at once. Remove one first.</source>
        <translation>最多同时使用 {most} 个 LoRA。请先移除一个。</translation>
    </message>
    <message>
        <source>{count} LoRAs were found in {folder}. Choose them with the plus sign.</source>
        <translation>在 {folder} 中找到 {count} 个 LoRA。请用加号选择。</translation>
    </message>
    <message>
        <source>Memory ran out after step {step}, and the run continues from there. {how}</source>
        <translation>第 {step} 步之后内存不足，已从该处继续运行。{how}</translation>
    </message>
    <message>
        <source>Memory is scarce: the picture is decoded in tiles, which may change its finest detail.</source>
        <translation>内存紧张：图片将分块解码，最细微的细节可能略有不同。</translation>
    </message>
    <message>
        <source>Memory is scarce: only the part of the model that computes is on the graphics card. Pictures take longer.</source>
        <translation>内存紧张：只有正在计算的模型部分放在显卡上，生成图片需要更长时间。</translation>
    </message>
    <message>
        <source>Memory is scarce: the model is moved to the graphics card layer by layer. Pictures take longer.</source>
        <translation>内存紧张：模型会逐层移到显卡上，生成图片需要更长时间。</translation>
    </message>
    <message>
        <source>Memory is scarce: the layers of the model are read from disk as they are needed. Pictures take much longer.</source>
        <translation>内存紧张：模型的各层在需要时才从磁盘读取，生成图片需要长得多的时间。</translation>
    </message>
    <message>
        <source>Memory is scarce: one layer of the model at a time is on the graphics card. Pictures take much longer.</source>
        <translation>内存紧张：显卡上每次只放模型的一层，生成图片需要长得多的时间。</translation>
    </message>
    <message>
        <source>choosing another picture</source>
        <translation>换一张图片</translation>
    </message>
    <message>
        <source>asking again</source>
        <translation>重新提问</translation>
    </message>
    <message>
        <source>At which t is half of the picture&apos;s power gone?</source>
        <translation>到哪个 t，原图的功率只剩一半？</translation>
    </message>
    <message>
        <source>Drag the dashed marker, then look.</source>
        <translation>拖动虚线标记，然后看结果。</translation>
    </message>
    <message>
        <source>x_t can be made in one jump, or step by step. Do the two differ?</source>
        <translation>x_t 可以一跳得到，也可以一步步得到。两者有差别吗？</translation>
    </message>
    <message>
        <source>The jump is only an approximation</source>
        <translation>一跳只是近似</translation>
    </message>
    <message>
        <source>They have the same distribution</source>
        <translation>两者的分布相同</translation>
    </message>
    <message>
        <source>Step by step has more noise</source>
        <translation>一步步走的噪声更多</translation>
    </message>
    <message>
        <source>Is anything of the picture left at the last t?</source>
        <translation>到最后一个 t，原图还留下什么吗？</translation>
    </message>
    <message>
        <source>2,000 noised copies are averaged: noise averages out, a picture does not.</source>
        <translation>把 2000 份加噪的副本平均：噪声会相互抵消，图片不会。</translation>
    </message>
    <message>
        <source>Nothing: it is pure noise</source>
        <translation>什么都不剩：是纯噪声</translation>
    </message>
    <message>
        <source>A little, and the average shows it</source>
        <translation>还剩一点，平均后能看见</translation>
    </message>
    <message>
        <source>mean {mean}, spread {spread}</source>
        <translation>均值 {mean}，标准差 {spread}</translation>
    </message>
    <message>
        <source>Your picture</source>
        <translation>您的图片</translation>
    </message>
    <message>
        <source>how much of your picture</source>
        <translation>原图占多少</translation>
    </message>
    <message>
        <source>how much noise</source>
        <translation>噪声占多少</translation>
    </message>
    <message>
        <source>x&lt;sub&gt;t&lt;/sub&gt;, {t} steps one after the other</source>
        <translation>x&lt;sub&gt;t&lt;/sub&gt;：一步步走完 {t} 步</translation>
    </message>
    <message>
        <source>x&lt;sub&gt;t&lt;/sub&gt;, the mix after {t} of {all} steps, in one jump</source>
        <translation>x&lt;sub&gt;t&lt;/sub&gt;：{all} 步中第 {t} 步的混合，一跳得到</translation>
    </message>
    <message>
        <source>share of the picture</source>
        <translation>原图所占比例</translation>
    </message>
    <message>
        <source>noise added in this step</source>
        <translation>这一步加的噪声</translation>
    </message>
    <message>
        <source>picture against noise (log)</source>
        <translation>信噪比（对数）</translation>
    </message>
    <message>
        <source>With the numbers of this moment</source>
        <translation>代入此刻的数字</translation>
    </message>
    <message>
        <source>In one jump</source>
        <translation>一跳</translation>
    </message>
    <message>
        <source>Without the picture, what is left has mean {mean} and spread {spread}. Its distance from the normal distribution is {distance} (pure chance: below {chance}), its correlation with the picture {correlation}.</source>
        <translation>减去原图后，剩下部分的均值为 {mean}，标准差为 {spread}；与正态分布的距离为 {distance}（偶然可达 {chance}），与原图的相关系数为 {correlation}。</translation>
    </message>
    <message>
        <source>guess</source>
        <translation>猜测</translation>
    </message>
    <message>
        <source>Half of the picture&apos;s power is gone at t = {t}.</source>
        <translation>到 t = {t}，原图的功率只剩一半。</translation>
    </message>
    <message>
        <source>They have the same distribution: at t = {t} the noise is {jump} (jump) and {chain} (step by step) away from the normal distribution, and up to {chance} is chance. So training needs no chain.</source>
        <translation>两者的分布相同：在 t = {t}，噪声与正态分布的距离，一跳为 {jump}，一步步为 {chain}，而偶然可达 {chance}。所以训练不必一步步走。</translation>
    </message>
    <message>
        <source>noised copies of your picture at t = {t}, averaged</source>
        <translation>份 t = {t} 的加噪副本的平均</translation>
    </message>
    <message>
        <source>At t = {t} the factor of the picture is {signal}. The correlation of the average of {copies} noised copies with the picture is {likeness}; 0 would be nothing.</source>
        <translation>在 t = {t}，原图的系数为 {signal}。{copies} 份加噪副本的平均与原图的相关系数为 {likeness}；0 才是什么都不剩。</translation>
    </message>
    <message>
        <source>Stop here.</source>
        <translation>在这里停下。</translation>
    </message>
    <message>
        <source>Add noise from here to the last step.</source>
        <translation>从这里加噪到最后一步。</translation>
    </message>
    <message>
        <source>New noise</source>
        <translation>新的噪声</translation>
    </message>
    <message>
        <source>Draw other noise; while you move the slider it stays the same.</source>
        <translation>换一份噪声；拖动滑块时噪声保持不变。</translation>
    </message>
    <message>
        <source>Drag, or press ← and →, to go to another t.</source>
        <translation>拖动或按 ←、→ 转到另一个 t。</translation>
    </message>
    <message>
        <source>Your own schedule</source>
        <translation>自定调度</translation>
    </message>
    <message>
        <source>Drag the points, or choose one with ← and →, and press ↑ or ↓.</source>
        <translation>拖动这些点；或用 ←、→ 选一个点，再按 ↑、↓。</translation>
    </message>
    <message>
        <source>How many steps the whole way has.</source>
        <translation>全程有多少步。</translation>
    </message>
    <message>
        <source>Seed of the noise.</source>
        <translation>噪声的种子。</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>噪声调度</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>β grows evenly, as in the paper on DDPM.</source>
        <translation>β 均匀增长，与 DDPM 论文相同。</translation>
    </message>
    <message>
        <source>Scaled</source>
        <translation>缩放线性</translation>
    </message>
    <message>
        <source>√β grows evenly, as in Stable Diffusion.</source>
        <translation>√β 均匀增长，与 Stable Diffusion 相同。</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>The picture fades evenly.</source>
        <translation>原图均匀消退。</translation>
    </message>
    <message>
        <source>Zero SNR</source>
        <translation>零终端信噪比</translation>
    </message>
    <message>
        <source>Scaled, but nothing of the picture is left at the end.</source>
        <translation>缩放线性，但最后原图一点不留。</translation>
    </message>
    <message>
        <source>Own</source>
        <translation>自定</translation>
    </message>
    <message>
        <source>Drag the points of the curve yourself.</source>
        <translation>自己拖动曲线上的点。</translation>
    </message>
    <message>
        <source>Values of the pixels against N(0, 1)</source>
        <translation>像素值的分布，对照 N(0, 1)</translation>
    </message>
    <message>
        <source>How x_t is made</source>
        <translation>x_t 怎样得到</translation>
    </message>
    <message>
        <source>One jump</source>
        <translation>一跳</translation>
    </message>
    <message>
        <source>Mix picture and noise once.</source>
        <translation>原图与噪声只混合一次。</translation>
    </message>
    <message>
        <source>Step by step</source>
        <translation>一步步</translation>
    </message>
    <message>
        <source>Go through all steps up to t, each with fresh noise (128 px).</source>
        <translation>走完到 t 的所有步，每步用新的噪声（128 像素）。</translation>
    </message>
    <message>
        <source>Copy as LaTeX</source>
        <translation>复制为 LaTeX</translation>
    </message>
    <message>
        <source>Copy this formula as LaTeX.</source>
        <translation>把这个公式复制为 LaTeX。</translation>
    </message>
    <message>
        <source>Guess first</source>
        <translation>先猜一猜</translation>
    </message>
    <message>
        <source>All questions are answered</source>
        <translation>问题都有答案了</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>看结果</translation>
    </message>
    <message>
        <source>Compare your guess with what happens.</source>
        <translation>把您的猜测与实际情况比一比。</translation>
    </message>
    <message>
        <source>Show the answer without a guess.</source>
        <translation>不猜，直接看答案。</translation>
    </message>
    <message>
        <source>Your guess</source>
        <translation>您的猜测</translation>
    </message>
    <message>
        <source>Found so far</source>
        <translation>已有的发现</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>重新提问</translation>
    </message>
    <message>
        <source>Remove what was found here, so that the questions are asked again.</source>
        <translation>清除这里的发现，让问题重新提出。</translation>
    </message>
    <message>
        <source>You guessed: {guess}.</source>
        <translation>您猜的是：{guess}。</translation>
    </message>
    <message>
        <source>The picture in Create</source>
        <translation>“创作”中的图片</translation>
    </message>
    <message>
        <source>Choose a picture</source>
        <translation>选择图片</translation>
    </message>
    <message>
        <source>Save as picture</source>
        <translation>存为图片</translation>
    </message>
    <message>
        <source>Save this station</source>
        <translation>保存这个站点</translation>
    </message>
    <message>
        <source>Open a station</source>
        <translation>打开站点</translation>
    </message>
    <message>
        <source>Stations</source>
        <translation>站点</translation>
    </message>
    <message>
        <source>A fox, made with the starter</source>
        <translation>入门模型画的狐狸</translation>
    </message>
    <message>
        <source>Yours…</source>
        <translation>我的图片…</translation>
    </message>
    <message>
        <source>Work on the picture that is shown in Create, or on one of the newest.</source>
        <translation>使用“创作”中显示的图片，或最近的某一张。</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Work on a picture from a file. You can also drop one here.</source>
        <translation>使用文件中的图片，也可以把图片拖到这里。</translation>
    </message>
    <message>
        <source>Save, share and open this station.</source>
        <translation>保存、分享和打开这个站点。</translation>
    </message>
    <message>
        <source>Next: {station}</source>
        <translation>下一站：{station}</translation>
    </message>
    <message>
        <source>Open the next station.</source>
        <translation>打开下一站。</translation>
    </message>
    <message>
        <source>Leave the tour</source>
        <translation>离开导览</translation>
    </message>
    <message>
        <source>Tour in the order of the article</source>
        <translation>按那篇文章的顺序导览</translation>
    </message>
    <message>
        <source>GAN, VAE and diffusion first, then forward, reverse and training, then Stable Diffusion part by part.</source>
        <translation>先是 GAN、VAE 与扩散，再是前向、逆向与训练，最后逐个部分看 Stable Diffusion。</translation>
    </message>
    <message>
        <source>Station before</source>
        <translation>上一站</translation>
    </message>
    <message>
        <source>Open the station before this one.</source>
        <translation>打开上一站。</translation>
    </message>
    <message>
        <source>Copy the formula as LaTeX</source>
        <translation>把公式复制为 LaTeX</translation>
    </message>
    <message>
        <source>Copy the first formula as LaTeX.</source>
        <translation>把第一个公式复制为 LaTeX。</translation>
    </message>
    <message>
        <source>Save as picture…</source>
        <translation>存为图片…</translation>
    </message>
    <message>
        <source>Save what this station shows as a picture.</source>
        <translation>把这个站点显示的内容存为图片。</translation>
    </message>
    <message>
        <source>Save this station…</source>
        <translation>保存这个站点…</translation>
    </message>
    <message>
        <source>Save the settings of this station in a small file, to open or to share it.</source>
        <translation>把这个站点的设置存进一个小文件，以便打开或分享。</translation>
    </message>
    <message>
        <source>Open a station…</source>
        <translation>打开站点…</translation>
    </message>
    <message>
        <source>Open the settings of a station from a file.</source>
        <translation>从文件打开站点的设置。</translation>
    </message>
    <message>
        <source>Questions and texts</source>
        <translation>问题与讲解</translation>
    </message>
    <message>
        <source>Show or hide the panel at the right.</source>
        <translation>显示或隐藏右侧面板。</translation>
    </message>
    <message>
        <source>In words</source>
        <translation>文字讲解</translation>
    </message>
    <message>
        <source>In the code</source>
        <translation>在代码中</translation>
    </message>
    <message>
        <source>Show the source of this computation, as it runs here.</source>
        <translation>显示这项计算在此运行的源代码。</translation>
    </message>
    <message>
        <source>{place}, line {line}</source>
        <translation>{place}，第 {line} 行</translation>
    </message>
    <message>
        <source>{done} of {all} done</source>
        <translation>已完成 {done}/{all}</translation>
    </message>
    <message>
        <source>Add noise step by step</source>
        <translation>一步步加噪</translation>
    </message>
    <message>
        <source>Forward: from a picture to noise</source>
        <translation>前向：从图片到噪声</translation>
    </message>
    <message>
        <source>Take it away again</source>
        <translation>再把噪声去掉</translation>
    </message>
    <message>
        <source>Reverse: from noise to a picture</source>
        <translation>逆向：从噪声到图片</translation>
    </message>
    <message>
        <source>One stride or fifty</source>
        <translation>一大步，还是五十步</translation>
    </message>
    <message>
        <source>Why diffusion takes many small steps</source>
        <translation>扩散为什么要走许多小步</translation>
    </message>
    <message>
        <source>The perfect denoiser</source>
        <translation>完美去噪器</translation>
    </message>
    <message>
        <source>Your folder, without training</source>
        <translation>用您的文件夹，不用训练</translation>
    </message>
    <message>
        <source>Train a small model</source>
        <translation>训练一个小模型</translation>
    </message>
    <message>
        <source>Algorithm 1, in a minute</source>
        <translation>算法 1，一分钟见效</translation>
    </message>
    <message>
        <source>Four ways to learn</source>
        <translation>四种学法</translation>
    </message>
    <message>
        <source>GAN, VAE, diffusion and a flow, side by side</source>
        <translation>GAN、VAE、扩散和流模型，并排比较</translation>
    </message>
    <message>
        <source>The decoder and the latents</source>
        <translation>解码器与潜变量</translation>
    </message>
    <message>
        <source>Many times smaller, and back</source>
        <translation>缩到几十分之一，再还原</translation>
    </message>
    <message>
        <source>The prompt and guidance</source>
        <translation>提示词与引导</translation>
    </message>
    <message>
        <source>Tokens, two predictions, word maps</source>
        <translation>词元、两次预测、词语图</translation>
    </message>
    <message>
        <source>The whole machine</source>
        <translation>整台机器</translation>
    </message>
    <message>
        <source>Text encoder, denoiser, decoder</source>
        <translation>文本编码器、去噪网络、解码器</translation>
    </message>
    <message>
        <source>it has a sampler of its own for each of its stages</source>
        <translation>它的每个阶段都有自己的采样器</translation>
    </message>
    <message>
        <source>Image information creator</source>
        <translation>图像信息创建器</translation>
    </message>
    <message>
        <source>Image decoder</source>
        <translation>图像解码器</translation>
    </message>
    <message>
        <source>Turns the words of the prompt into numbers, once.</source>
        <translation>把提示词变成数字，只做一次。</translation>
    </message>
    <message>
        <source>Starts from noise and takes a little of it away, step by step.</source>
        <translation>从噪声出发，一步步去掉一点。</translation>
    </message>
    <message>
        <source>Turns the finished latents into a picture, once.</source>
        <translation>把完成的潜变量变成图片，只做一次。</translation>
    </message>
    <message>
        <source>Which part takes most of the time of a run?</source>
        <translation>生成一张图，哪部分最费时间？</translation>
    </message>
    <message>
        <source>A run of a few steps is timed, with the model and the prompt of Create.</source>
        <translation>用“创作”的模型和提示词走几步并计时。</translation>
    </message>
    <message>
        <source>Which part has the most weights?</source>
        <translation>哪部分的权重最多？</translation>
    </message>
    <message>
        <source>Create shows no run. Make a picture there, and watch it go through the parts here.</source>
        <translation>“创作”中没有显示图片。请在那里生成一张，并在这里看它经过各部分。</translation>
    </message>
    <message>
        <source>Step {step} of {calls} of the run in Create</source>
        <translation>“创作”中这次生成的第 {step} 步，共 {calls} 步</translation>
    </message>
    <message>
        <source>{part}: {millions} of {all} million weights ({share} %).</source>
        <translation>{part}：全部 {all} 百万个权重中占 {millions} 百万个（{share}%）。</translation>
    </message>
    <message>
        <source>{part}: {share} % of {seconds} s, in {calls} calls. With 50 steps its share is larger still.</source>
        <translation>{part}：占 {seconds} 秒的 {share}%，调用 {calls} 次。走 50 步时占得更多。</translation>
    </message>
    <message>
        <source>In general</source>
        <translation>一般形式</translation>
    </message>
    <message>
        <source>Numbers that go from part to part</source>
        <translation>各部分之间传递的数字</translation>
    </message>
    <message>
        <source>Time the parts</source>
        <translation>给各部分计时</translation>
    </message>
    <message>
        <source>Make a few steps with the model of Create, and measure how long each part works.</source>
        <translation>用“创作”的模型走几步，测量每部分工作多久。</translation>
    </message>
    <message>
        <source>{networks}, {millions} million weights, gives {shape}</source>
        <translation>{networks}，{millions} 百万个权重，输出 {shape}</translation>
    </message>
    <message>
        <source>Called {calls} ×, {seconds} s ({share} %)</source>
        <translation>调用 {calls} 次，{seconds} 秒（{share}%）</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>看看里面</translation>
    </message>
    <message>
        <source>Open the station about this part: {part}.</source>
        <translation>打开讲这一部分的站点：{part}。</translation>
    </message>
    <message>
        <source>the noisy picture</source>
        <translation>带噪声的图</translation>
    </message>
    <message>
        <source>the noise that the network sees in it</source>
        <translation>网络在其中看到的噪声</translation>
    </message>
    <message>
        <source>the picture that follows</source>
        <translation>由此得出的原图估计</translation>
    </message>
    <message>
        <source>the mean: a small step from x&lt;sub&gt;t&lt;/sub&gt; towards it</source>
        <translation>均值：从 x&lt;sub&gt;t&lt;/sub&gt; 朝它走一小步</translation>
    </message>
    <message>
        <source>fresh noise</source>
        <translation>新噪声</translation>
    </message>
    <message>
        <source>fresh noise, left out</source>
        <translation>新噪声，这里不加</translation>
    </message>
    <message>
        <source>the next picture, less noisy</source>
        <translation>下一张图，噪声更少</translation>
    </message>
    <message>
        <source>Next line</source>
        <translation>下一行</translation>
    </message>
    <message>
        <source>Drag, or press ← and →, to go to another step.</source>
        <translation>拖动，或按 ← 和 →，转到另一步。</translation>
    </message>
    <message>
        <source>Algorithm 2: sampling</source>
        <translation>算法 2：采样</translation>
    </message>
    <message>
        <source>z ~ N(0, I) if t &amp;gt; 1, else z = 0</source>
        <translation>若 t &amp;gt; 1，z ~ N(0, I)；否则 z = 0</translation>
    </message>
    <message>
        <source>spread {value}</source>
        <translation>标准差 {value}</translation>
    </message>
    <message>
        <source>How it is denoised</source>
        <translation>怎样去噪</translation>
    </message>
    <message>
        <source>With {model} and the settings of Create.</source>
        <translation>用 {model}，其余设置同“创作”。</translation>
    </message>
    <message>
        <source>none: the picture speaks for itself</source>
        <translation>无：让图自己说话</translation>
    </message>
    <message>
        <source>What the picture is to show. Where it is empty, the grey words hold.</source>
        <translation>图里要画什么。留空时，以灰字为准。</translation>
    </message>
    <message>
        <source>The network has learned to say what is under the noise. Is one step enough?</source>
        <translation>网络学会了说出噪声底下是什么。那么走一步就够了吗？</translation>
    </message>
    <message>
        <source>Yes: it knows the picture</source>
        <translation>够：它知道那张图</translation>
    </message>
    <message>
        <source>No: it gives a blur</source>
        <translation>不够：只得到一片模糊</translation>
    </message>
    <message>
        <source>No: it gives only noise</source>
        <translation>不够：得到的还是噪声</translation>
    </message>
    <message>
        <source>From how many steps on does the picture hardly change any more?</source>
        <translation>从多少步起，图几乎不再变化？</translation>
    </message>
    <message>
        <source>One step takes {one} s instead of {many} s, and has {share} % of the detail of {most} steps. The similarity of the two is {likeness}.</source>
        <translation>一步用时 {one} 秒，而不是 {many} 秒；细节是 {most} 步的 {share}%。两张图的相似度为 {likeness}。</translation>
    </message>
    <message>
        <source>From {steps} steps on: the similarity with the picture in {most} steps stays above {alike} there.</source>
        <translation>从 {steps} 步起：与 {most} 步那张图的相似度一直高于 {alike}。</translation>
    </message>
    <message>
        <source>The starting noise, the same for all</source>
        <translation>起始噪声，各图相同</translation>
    </message>
    <message>
        <source>the starting noise, the same for all</source>
        <translation>起始噪声，各图相同</translation>
    </message>
    <message>
        <source>{count} steps</source>
        <translation>{count} 步</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>Stop here; what is made stays.</source>
        <translation>停在这里；已做好的会保留。</translation>
    </message>
    <message>
        <source>Make all</source>
        <translation>全部生成</translation>
    </message>
    <message>
        <source>Denoise the same noise in 1, 2, 5, 10 and 50 steps.</source>
        <translation>让同一份噪声分别用 1、2、5、10、50 步去噪。</translation>
    </message>
    <message>
        <source>similarity</source>
        <translation>相似度</translation>
    </message>
    <message>
        <source>with 50 steps</source>
        <translation>与 50 步相比</translation>
    </message>
    <message>
        <source>detail</source>
        <translation>细节</translation>
    </message>
    <message>
        <source>50 steps have 1</source>
        <translation>50 步为 1</translation>
    </message>
    <message>
        <source>What one look says</source>
        <translation>看一眼得出的估计</translation>
    </message>
    <message>
        <source>Looks for this picture</source>
        <translation>这张图看了几眼</translation>
    </message>
    <message>
        <source>Use this in Create</source>
        <translation>用到“创作”</translation>
    </message>
    <message>
        <source>Fill in Create with these settings and the chosen number of steps.</source>
        <translation>把这些设置和选中的步数填入“创作”。</translation>
    </message>
    <message>
        <source>What the network itself says; guidance would exaggerate it.</source>
        <translation>网络自己的回答；引导会把它夸大。</translation>
    </message>
    <message>
        <source>As in Create</source>
        <translation>同“创作”</translation>
    </message>
    <message>
        <source>With the guidance that is set in Create.</source>
        <translation>使用“创作”里设置的引导。</translation>
    </message>
    <message>
        <source>Similarity: correlation of the colours at 32 × 32 places. Detail: mean difference of brightness between neighbouring pixels.</source>
        <translation>相似度：32 × 32 处颜色的相关系数。细节：相邻像素亮度差的平均值。</translation>
    </message>
    <message>
        <source>From which t on is it no longer your picture?</source>
        <translation>从哪个 t 起，它就不再是您的图？</translation>
    </message>
    <message>
        <source>It is noised to t and denoised again. Drag the dashed marker, then look.</source>
        <translation>先加噪到 t，再去噪。拖动虚线标记，然后看结果。</translation>
    </message>
    <message>
        <source>Your picture was noised to t in many steps. Which noise does the network find in it?</source>
        <translation>您的图片经许多步加噪到了 t。网络从中找出的是哪些噪声？</translation>
    </message>
    <message>
        <source>That of the last step</source>
        <translation>最后一步加的那份</translation>
    </message>
    <message>
        <source>All of it</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>In every step Algorithm 2 adds fresh noise z to what it has just cleaned. What happens to x without z?</source>
        <translation>每一步，算法 2 刚去掉噪声又加入新噪声 z。不加 z，x 会怎样？</translation>
    </message>
    <message>
        <source>Nothing: z is senseless</source>
        <translation>没有影响：z 是多余的</translation>
    </message>
    <message>
        <source>It gets cleaner than it should be</source>
        <translation>比应有的更干净</translation>
    </message>
    <message>
        <source>It gets noisier</source>
        <translation>噪声更多</translation>
    </message>
    <message>
        <source>DDIM and DDPM start from the same noise. How much does the first predicted noise of the two differ?</source>
        <translation>DDIM 与 DDPM 从同一份噪声出发。两者的第一次噪声预测相差多少？</translation>
    </message>
    <message>
        <source>Completely: they are two models</source>
        <translation>完全不同：它们是两个模型</translation>
    </message>
    <message>
        <source>A little</source>
        <translation>有一点</translation>
    </message>
    <message>
        <source>Not at all</source>
        <translation>毫无差别</translation>
    </message>
    <message>
        <source>The pipeline of {model} cannot start from a picture. Choose another model in Create.</source>
        <translation>{model} 的管线不能从图片开始。请在“创作”里换一个模型。</translation>
    </message>
    <message>
        <source>From about t = {t} on: there the similarity falls below {limit}, halfway between your picture (1) and one that knows nothing of it ({stranger}).</source>
        <translation>大约从 t = {t} 起：相似度在那里降到 {limit} 以下，也就是原图（1）与一张对它一无所知的图（{stranger}）的正中间。</translation>
    </message>
    <message>
        <source>All of it: at t = {t} the correlation of what the network finds with all the noise is {all}, with the noise of the last of the many steps only {last}.</source>
        <translation>全部：在 t = {t}，网络找出的噪声与全部噪声的相关系数为 {all}，与许多步中最后一步那份噪声的相关系数只有 {last}。</translation>
    </message>
    <message>
        <source>Algorithm 2 cannot be walked with {model}: {reason}. Choose another model in Create.</source>
        <translation>{model} 走不了算法 2：{reason}。请在“创作”里换一个模型。</translation>
    </message>
    <message>
        <source>It gets cleaner than it should be: without z its spread falls to {bare} in step {step}, where the network expects {fresh}. The finished picture has a similarity of {likeness} with the one with z, and {share} % of its detail.</source>
        <translation>比应有的更干净：不加 z，第 {step} 步时 x 的标准差降到 {bare}，而网络预期的是 {fresh}。成图与加 z 的那张相似度为 {likeness}，细节是它的 {share}%。</translation>
    </message>
    <message>
        <source>By {apart}: the same network gets the same question. Only the way on differs, and the finished pictures have a similarity of {likeness}.</source>
        <translation>相差 {apart}：同一个网络，问的是同一个问题。不同的只是后面的走法；两张成图的相似度为 {likeness}。</translation>
    </message>
    <message>
        <source>Make nine</source>
        <translation>生成九张</translation>
    </message>
    <message>
        <source>Noise your picture to nine moments and denoise each.</source>
        <translation>把原图加噪到九个时刻，再逐一去噪。</translation>
    </message>
    <message>
        <source>Walk</source>
        <translation>走一遍</translation>
    </message>
    <message>
        <source>Take the whole walk from noise to picture.</source>
        <translation>从噪声到图片走完全程。</translation>
    </message>
    <message>
        <source>There, in one jump</source>
        <translation>加噪，一跳到位</translation>
    </message>
    <message>
        <source>There and back</source>
        <comment>noised and denoised</comment>
        <translation>一去一回</translation>
    </message>
    <message>
        <source>16 samples start from noise. What is the best estimate of the picture at the first step?</source>
        <translation>16 个样本从噪声出发。第一步时，对原图最好的估计是什么？</translation>
    </message>
    <message>
        <source>One of the pictures, very noisy</source>
        <translation>其中一张图，噪声很大</translation>
    </message>
    <message>
        <source>The average of all pictures</source>
        <translation>全部图片的平均</translation>
    </message>
    <message>
        <source>A rough sketch of a new picture</source>
        <translation>一张新图的草稿</translation>
    </message>
    <message>
        <source>At which of the 50 steps is it decided which picture a sample becomes?</source>
        <translation>样本会变成哪张图，在 50 步中的第几步就定了？</translation>
    </message>
    <message>
        <source>The steps are dense where the noise is high. Drag the dashed marker, then look.</source>
        <translation>噪声大的地方，步子分得密。拖动虚线标记，然后看答案。</translation>
    </message>
    <message>
        <source>How many of the 16 finished pictures are copies of pictures in the set?</source>
        <translation>完成的 16 张图里，有几张是图集中图片的复制品？</translation>
    </message>
    <message>
        <source>A copy is nearer to one picture of the set than a third of the way to the next.</source>
        <translation>到最近一张图的距离不到第二近的三分之一，就算复制品。</translation>
    </message>
    <message>
        <source>noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>nearest: {distance} away</source>
        <translation>最近：距离 {distance}</translation>
    </message>
    <message>
        <source>nearest picture</source>
        <translation>最近的图</translation>
    </message>
    <message>
        <source>next: {distance} away</source>
        <translation>次近：距离 {distance}</translation>
    </message>
    <message>
        <source>second nearest</source>
        <translation>第二近的图</translation>
    </message>
    <message>
        <source>average of all {count}</source>
        <translation>全部 {count} 张的平均</translation>
    </message>
    <message>
        <source>{copies} of {count} are copies. Of real pictures, {chance} % would be called so by chance.</source>
        <translation>{count} 个样本里有 {copies} 个是复制品。真实图片碰巧也会有 {chance}% 被算作复制品。</translation>
    </message>
    <message>
        <source>The last step shows which pictures of the set the samples are nearest to.</source>
        <translation>到最后一步，就能看到样本最接近图集里的哪些图片。</translation>
    </message>
    <message>
        <source>pictures in this estimate</source>
        <translation>张图参与这个估计</translation>
    </message>
    <message>
        <source>in the median of all</source>
        <translation>全部样本的中位数</translation>
    </message>
    <message>
        <source>Computing: step {step} of {steps}</source>
        <translation>正在计算：第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Waits for the machine, or for the pictures…</source>
        <translation>等待机器空闲，或等待图片…</translation>
    </message>
    <message>
        <source>Pure noise, σ = 80. Guess at the right, then look.</source>
        <translation>纯噪声，σ = 80。先在右边猜，再看。</translation>
    </message>
    <message>
        <source>The noisy pictures before step {step} of {steps}</source>
        <translation>第 {step} 步之前带噪的图，共 {steps} 步</translation>
    </message>
    <message>
        <source>What the perfect denoiser takes the pictures for at step {step} of {steps}</source>
        <translation>第 {step} 步时完美去噪器的原图估计，共 {steps} 步</translation>
    </message>
    <message>
        <source>The perfect estimate; w ∝ exp(−‖x − xᵢ‖² / 2σ²)</source>
        <translation>完美的估计；w ∝ exp(−‖x − xᵢ‖² / 2σ²)</translation>
    </message>
    <message>
        <source>others</source>
        <translation>其余</translation>
    </message>
    <message>
        <source>The average of all pictures: {count} of {all} take part in each estimate, so it is a blur. At σ = {sigma} nobody can know more.</source>
        <translation>全部图片的平均：{all} 张里有 {count} 张参与每个估计，所以是模糊的。σ = {sigma} 时谁也不可能知道更多。</translation>
    </message>
    <message>
        <source>At step {step}, where σ = {sigma}: from then on half of the estimates are made of one picture only.</source>
        <translation>第 {step} 步，σ = {sigma}：从这里起，一半的估计只由一张图构成。</translation>
    </message>
    <message>
        <source>{copies} of {count} are copies. A denoiser that is perfect for its pictures can only give them back; by chance it would be {chance} %.</source>
        <translation>{count} 张里有 {copies} 张是复制品。对图集来说完美的去噪器，只能把图集里的图还回来；若是碰巧，只会有 {chance}%。</translation>
    </message>
    <message>
        <source>leaving a picture out</source>
        <translation>去掉一张图片</translation>
    </message>
    <message>
        <source>Show the samples from here to the last step.</source>
        <translation>从这里放到最后一步。</translation>
    </message>
    <message>
        <source>Make sixteen other samples, from other noise.</source>
        <translation>换一份噪声，再画十六个样本。</translation>
    </message>
    <message>
        <source>One step back</source>
        <translation>后退一步</translation>
    </message>
    <message>
        <source>Show the samples one step earlier.</source>
        <translation>显示前一步的样本。</translation>
    </message>
    <message>
        <source>One step on</source>
        <translation>前进一步</translation>
    </message>
    <message>
        <source>Show the samples one step later.</source>
        <translation>显示后一步的样本。</translation>
    </message>
    <message>
        <source>Click one, or press the arrow keys, to see it beside the pictures it is nearest to.</source>
        <translation>点击一个样本，或按方向键，把它与最接近的图片并排查看。</translation>
    </message>
    <message>
        <source>This sample</source>
        <translation>这个样本</translation>
    </message>
    <message>
        <source>Estimate x̂₀</source>
        <translation>原图估计 x̂₀</translation>
    </message>
    <message>
        <source>Show what each sample is taken for.</source>
        <translation>显示对每个样本的原图估计。</translation>
    </message>
    <message>
        <source>Noisy xₜ</source>
        <translation>带噪的 xₜ</translation>
    </message>
    <message>
        <source>Show the samples as they are, with their noise.</source>
        <translation>显示样本本来的样子，带着噪声。</translation>
    </message>
    <message>
        <source>Leave its original out</source>
        <translation>去掉它的原图</translation>
    </message>
    <message>
        <source>Take the picture that this sample copies out of the set, and make the samples again from the same noise.</source>
        <translation>从图集里去掉这个样本所复制的图片，再从同样的噪声重画。</translation>
    </message>
    <message>
        <source>With the numbers of step {step}</source>
        <translation>代入第 {step} 步的数字</translation>
    </message>
    <message>
        <source>Noise z</source>
        <translation>噪声 z</translation>
    </message>
    <message>
        <source>η, the share of fresh noise</source>
        <translation>η：新噪声的多少</translation>
    </message>
    <message>
        <source>How much fresh noise goes back in at each step: 0 is DDIM, 1 is DDPM.</source>
        <translation>每一步补回多少新噪声：0 是 DDIM，1 是 DDPM。</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>加入</translation>
    </message>
    <message>
        <source>As Algorithm 2 says.</source>
        <translation>按算法 2 的写法。</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>不加</translation>
    </message>
    <message>
        <source>z = 0 in every step, and all else as before.</source>
        <translation>每一步 z = 0，其余不变。</translation>
    </message>
    <message>
        <source>{pixels} numbers of your picture become {latents}: {times} times fewer.</source>
        <translation>您的图有 {pixels} 个数，潜变量只有 {latents} 个：少到 1/{times}。</translation>
    </message>
    <message>
        <source>One flipped number changed {pixels} pixels, {outside} % of them outside its square of {square}. A small picture with as many numbers is {decibels} dB further from yours than the latents are.</source>
        <translation>一个数反号，{pixels} 个像素跟着变，其中 {outside}% 在它对应的 {square} 像素方块之外。同样多的数做成小图，比潜变量还原得差 {decibels} dB。</translation>
    </message>
    <message>
        <source>One flipped number changed {pixels} pixels, {outside} % of them outside its square of {square}. A small picture with as many numbers is {decibels} dB nearer to yours here: it is very smooth, or of a kind that the model does not know.</source>
        <translation>一个数反号，{pixels} 个像素跟着变，其中 {outside}% 在它对应的 {square} 像素方块之外。同样多的数做成小图，在这里比潜变量还原得好 {decibels} dB：这张图非常平滑，或者是模型没见过的那类图。</translation>
    </message>
    <message>
        <source>How many times fewer numbers does the model keep than your picture has?</source>
        <translation>模型留下的数，比您图里的少多少倍？</translation>
    </message>
    <message>
        <source>Drag the slider, then look.</source>
        <translation>拖动滑块，然后看结果。</translation>
    </message>
    <message>
        <source>One of these numbers changes its sign. How many pixels of the picture change visibly?</source>
        <translation>把其中一个数反号，画面上会有多少个像素明显改变？</translation>
    </message>
    <message>
        <source>If latents were a small picture, it would be one square of pixels.</source>
        <translation>假如潜变量是一张小图，那就只会变一个方块。</translation>
    </message>
    <message>
        <source>Numbers of the picture, numbers of the latents</source>
        <translation>图片的数与潜变量的数</translation>
    </message>
    <message>
        <source>There and back</source>
        <translation>编码再解码</translation>
    </message>
    <message>
        <source>painting on the latents</source>
        <translation>在潜变量上作画</translation>
    </message>
    <message>
        <source>Choose the second picture</source>
        <translation>选择第二张图</translation>
    </message>
    <message>
        <source>Your picture: {width} × {height} pixels of 3 numbers</source>
        <translation>您的图：{width} × {height} 像素，每个 3 个数</translation>
    </message>
    <message>
        <source>Decoded from {numbers} numbers: {times} times fewer</source>
        <translation>由 {numbers} 个数解码而来：少到 1/{times}</translation>
    </message>
    <message>
        <source>Decoded from its latents</source>
        <translation>由潜变量解码而来</translation>
    </message>
    <message>
        <source>Lost: mean difference of 255 levels, at most {largest}. Shown {times} times as strong.</source>
        <translation>丢失的部分：平均差（共 255 级），最大 {largest}。放大 {times} 倍显示。</translation>
    </message>
    <message>
        <source>Latents: {count} channels of {columns} × {rows}</source>
        <translation>潜变量：{count} 个通道，每个 {columns} × {rows}</translation>
    </message>
    <message>
        <source>Latents, channel by channel</source>
        <translation>潜变量的各个通道</translation>
    </message>
    <message>
        <source>{side} × {side} pixels are as many numbers as the latents. Enlarged again: {decibels} dB.</source>
        <translation>{side} × {side} 像素的小图与潜变量的数一样多。再放大回来：{decibels} dB。</translation>
    </message>
    <message>
        <source>This one number changed {pixels} pixels visibly, {outside} % of them outside its square of {square}.</source>
        <translation>这一个数让 {pixels} 个像素明显改变，其中 {outside}% 在它对应的 {square} 像素方块之外。</translation>
    </message>
    <message>
        <source>Blue is below zero, amber above. Paint on a channel with the mouse, or with arrows and Space.</source>
        <translation>蓝色小于零，琥珀色大于零。用鼠标在通道上作画，或用方向键和空格键。</translation>
    </message>
    <message>
        <source>On the latents</source>
        <translation>在潜变量上</translation>
    </message>
    <message>
        <source>Mix with a second picture</source>
        <translation>与第二张图混合</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>画笔</translation>
    </message>
    <message>
        <source>Paint one value into the channel under the pointer.</source>
        <translation>把一个值画进指针所在的通道。</translation>
    </message>
    <message>
        <source>Flip one</source>
        <translation>反号一个</translation>
    </message>
    <message>
        <source>A click changes the sign of one number.</source>
        <translation>点一下，一个数变号。</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>The value that the brush leaves; noise has a spread of 1.</source>
        <translation>画笔留下的值；噪声的标准差是 1。</translation>
    </message>
    <message>
        <source>Of the brush, in positions of the latents.</source>
        <translation>画笔的宽度，以潜变量的格子计。</translation>
    </message>
    <message>
        <source>How far on the straight line from the latents of your picture to those of the second.</source>
        <translation>从您的图的潜变量到第二张图的潜变量，在这条直线上走多远。</translation>
    </message>
    <message>
        <source>Flip this channel</source>
        <translation>整个通道反号</translation>
    </message>
    <message>
        <source>Change the sign of every number in the chosen channel.</source>
        <translation>所选通道里的每个数都变号。</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>Remove what was painted, flipped and mixed.</source>
        <translation>去掉画过、反号和混合的内容。</translation>
    </message>
    <message>
        <source>Choose the picture that yours is mixed with.</source>
        <translation>选择与您的图混合的另一张图。</translation>
    </message>
    <message>
        <source>As a small picture</source>
        <translation>做成一张小图</translation>
    </message>
    <message>
        <source>The second picture</source>
        <translation>第二张图</translation>
    </message>
    <message>
        <source>Your picture, made small and enlarged again</source>
        <translation>您的图，缩小后再放大</translation>
    </message>
    <message>
        <source>Your picture, decoded from its latents</source>
        <translation>您的图，由潜变量解码而来</translation>
    </message>
    <message>
        <source>What was lost</source>
        <translation>丢失的部分</translation>
    </message>
    <message>
        <source>Channels of the latents</source>
        <translation>潜变量的通道</translation>
    </message>
    <message>
        <source>Arrows move, Page Up and Page Down change the channel, Space paints or flips there.</source>
        <translation>方向键移动，Page Up 和 Page Down 换通道，空格键作画或反号。</translation>
    </message>
    <message>
        <source>Noise your picture, and denoise it again.</source>
        <translation>给原图加噪，再去噪。</translation>
    </message>
    <message>
        <source>Line by line</source>
        <translation>逐行看</translation>
    </message>
    <message>
        <source>Algorithm 2, with the numbers of each of its steps.</source>
        <translation>算法 2，附每一步的数字。</translation>
    </message>
    <message>
        <source>Go to the line of Algorithm 2 that is executed next.</source>
        <translation>转到算法 2 接下来执行的那一行。</translation>
    </message>
    <message>
        <source>Save this picture and show it in Create, with all its steps, to refine and branch it there.</source>
        <translation>保存这张图，连同全部步骤显示在“创作”里，以便在那里精修和分支。</translation>
    </message>
    <message>
        <source>denoised</source>
        <translation>去噪后</translation>
    </message>
    <message>
        <source>similarity after both</source>
        <translation>加噪又去噪之后</translation>
    </message>
    <message>
        <source>noised</source>
        <translation>加噪后</translation>
    </message>
    <message>
        <source>before denoising</source>
        <translation>去噪之前</translation>
    </message>
    <message>
        <source>limit</source>
        <translation>界线</translation>
    </message>
    <message>
        <source>halfway to a stranger</source>
        <translation>与陌生图的正中间</translation>
    </message>
    <message>
        <source>Your picture, noised to t = {t}</source>
        <translation>原图，加噪到 t = {t}</translation>
    </message>
    <message>
        <source>What the model makes of it</source>
        <translation>模型由它画出的图</translation>
    </message>
    <message>
        <source>your picture</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>noised: {root} = {left} of it is left</source>
        <translation>加噪：原图还剩 {root} = {left}</translation>
    </message>
    <message>
        <source>denoising…</source>
        <translation>正在去噪…</translation>
    </message>
    <message>
        <source>denoised: its similarity with your picture</source>
        <translation>去噪：与原图的相似度</translation>
    </message>
    <message>
        <source>Similarity: correlation of the colours at 32 × 32 places. 1 is the same picture, about 0 another one.</source>
        <translation>相似度：32 × 32 处颜色的相关系数。1 表示同一张图，约为 0 表示另一张图。</translation>
    </message>
    <message>
        <source>This model reads prompt and picture in one stream, or in layers of another kind, so it has no map for each word. Choose Stable Diffusion 1, 2 or XL, or the starter.</source>
        <translation>此模型把提示词和画面放在同一条流里处理，或使用另一种层，因此没有每个词的图。请选择 Stable Diffusion 1、2、XL 或入门模型。</translation>
    </message>
    <message>
        <source>This model has no latents: it works on the pixels themselves. Choose the starter or Stable Diffusion to see some.</source>
        <translation>此模型没有潜变量，它直接在像素上工作。要看潜变量，请选择入门模型或 Stable Diffusion。</translation>
    </message>
    <message>
        <source>Safelight does not know the latents of this model well enough to paint on them. Choose the starter or Stable Diffusion.</source>
        <translation>Safelight 不够了解此模型的潜变量，无法在上面作画。请选择入门模型或 Stable Diffusion。</translation>
    </message>
    <message>
        <source>Safelight cannot look into the text encoder of this model. Choose the starter or Stable Diffusion to see its tokens.</source>
        <translation>Safelight 看不到此模型文本编码器的内部。要看词元，请选择入门模型或 Stable Diffusion。</translation>
    </message>
    <message>
        <source>On one seed, guidance {least} clips {before} % of the pixels, guidance {most} {after} %; the colourfulness goes from {dull} to {bright}. More guidance is not better.</source>
        <translation>同一个种子：引导强度 {least} 时有 {before}% 的像素被截断，{most} 时有 {after}%；色彩强度从 {dull} 变为 {bright}。引导并非越强越好。</translation>
    </message>
    <message>
        <source>{begin} % of the attention goes to the mark before the prompt, which is no word, and {read} % to all words together.</source>
        <translation>{begin}% 的注意力给了提示词前面的起始标记，它不是词；所有词合起来得到 {read}%。</translation>
    </message>
    <message>
        <source>There is no word in the prompt. Type one, and make the picture again.</source>
        <translation>提示词里没有词。请输入一个词，再画一次。</translation>
    </message>
    <message>
        <source>“{word}” became “{other}”: {inside} % of all change is where the map of “{word}” is warmest, {outside} % is elsewhere (by chance 25 % and 75 %). A map shows where the model looked, not why the picture is so.</source>
        <translation>“{word}”换成“{other}”：{inside}% 的变化在“{word}”词语图最热的四分之一里，{outside}% 在别处（随机时为 25% 和 75%）。词语图说明模型看了哪里，不说明画面为什么是这样。</translation>
    </message>
    <message>
        <source>At guidance 30, how many per cent of the pixels are clipped: as dark or bright as they can be?</source>
        <translation>引导强度为 30 时，百分之几的像素会被截断，即暗到或亮到了极限？</translation>
    </message>
    <message>
        <source>The same seed is drawn at seven guidance scales from 1 to 30.</source>
        <translation>同一个种子，用 1 到 30 的七种引导强度各画一张。</translation>
    </message>
    <message>
        <source>A mark without meaning stands before every prompt. How many per cent of the attention goes to it?</source>
        <translation>每条提示词前面都有一个没有含义的起始标记。百分之几的注意力给了它？</translation>
    </message>
    <message>
        <source>Mean over all steps, layers and places of the picture.</source>
        <translation>对所有步、所有层和画面所有位置取平均。</translation>
    </message>
    <message>
        <source>One word is swapped. How many per cent of what changes lie in the quarter of the picture that looked at it most?</source>
        <translation>换掉一个词。所有变化中，百分之几落在画面里最关注这个词的四分之一中？</translation>
    </message>
    <message>
        <source>100 would mean: the map shows exactly what the word did.</source>
        <translation>100 表示：词语图恰好说明了这个词的作用。</translation>
    </message>
    <message>
        <source>How near two tokens are</source>
        <translation>两个词元有多近</translation>
    </message>
    <message>
        <source>Attention to the words</source>
        <translation>对各个词的注意力</translation>
    </message>
    <message>
        <source>Show where the picture looked at this word.</source>
        <translation>显示画面的哪些位置看了这个词。</translation>
    </message>
    <message>
        <source>The prompt is being read.</source>
        <translation>正在读取提示词。</translation>
    </message>
    <message>
        <source>{count} tokens; the text encoder reads up to {limit} with its marks. Each is a row of {width} numbers in a table of {table}. Below each: the nearest rows, with the cosine of the angle between them (1: same direction).</source>
        <translation>{count} 个词元；文本编码器连标记最多读 {limit} 个。每个词元是一张 {table} 行的表里的一行，有 {width} 个数。下面列出最近的几行，以及夹角的余弦（1 表示方向相同）。</translation>
    </message>
    <message>
        <source>Token {text}, near: {near}</source>
        <translation>词元 {text}，附近：{near}</translation>
    </message>
    <message>
        <source>with the prompt</source>
        <translation>带提示词</translation>
    </message>
    <message>
        <source>without it</source>
        <translation>不带提示词</translation>
    </message>
    <message>
        <source>where and how far they differ</source>
        <translation>哪里不同、差多少</translation>
    </message>
    <message>
        <source>without it, plus {scale} times the difference</source>
        <translation>不带提示词的，加上差的 {scale} 倍</translation>
    </message>
    <message>
        <source>Make the picture first, then choose a step.</source>
        <translation>请先画图，再选一步。</translation>
    </message>
    <message>
        <source>Step {step} of {steps}: the model is asked twice, and the difference is multiplied.</source>
        <translation>第 {step} 步，共 {steps} 步：问模型两遍，再把差放大。</translation>
    </message>
    <message>
        <source>moved by guidance</source>
        <translation>引导带来的移动</translation>
    </message>
    <message>
        <source>Guidance {scale}</source>
        <translation>引导强度 {scale}</translation>
    </message>
    <message>
        <source>Choose this guidance; the number is the share of clipped pixels.</source>
        <translation>选择这个引导强度；数字是被截断的像素的比例。</translation>
    </message>
    <message>
        <source>clipped pixels</source>
        <translation>被截断的像素</translation>
    </message>
    <message>
        <source>colourfulness</source>
        <translation>色彩强度</translation>
    </message>
    <message>
        <source>All seven have the same seed and prompt. Only the guidance differs. Choose one to see its numbers.</source>
        <translation>七张图的种子和提示词相同，只有引导强度不同。选一张查看它的数字。</translation>
    </message>
    <message>
        <source>Answer the question at the right, then one seed is drawn at seven guidance scales.</source>
        <translation>请先回答右边的问题，然后用七种引导强度画同一个种子。</translation>
    </message>
    <message>
        <source>Make the picture first, then choose a word.</source>
        <translation>请先画图，再选一个词。</translation>
    </message>
    <message>
        <source>Warm places of the picture look at this word most, dark ones least.</source>
        <translation>画面中热的位置最关注这个词，暗的位置最不关注。</translation>
    </message>
    <message>
        <source>“{word}”: {mean} % of the attention on average, {most} % at most. The mark before the prompt: {begin} %.</source>
        <translation>“{word}”：平均占注意力的 {mean}%，最多 {most}%。提示词前的起始标记：{begin}%。</translation>
    </message>
    <message>
        <source>Where the picture looked at “{word}”</source>
        <translation>画面的哪些位置看了“{word}”</translation>
    </message>
    <message>
        <source>The picture with the other word</source>
        <translation>换词后的图</translation>
    </message>
    <message>
        <source>The picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>{swap}: {inside} % of all change is in the warmest quarter of the map.</source>
        <translation>{swap}：{inside}% 的变化在词语图最热的四分之一里。</translation>
    </message>
    <message>
        <source>Swap the word for another, on the same seed, and see what really changes.</source>
        <translation>用同一个种子把这个词换成另一个，看看真正变了什么。</translation>
    </message>
    <message>
        <source>What is read and drawn here, with the model of Create.</source>
        <translation>这里读取并绘制的内容，使用“创作”里的模型。</translation>
    </message>
    <message>
        <source>Of every picture that is made here.</source>
        <translation>这里每张图的步数。</translation>
    </message>
    <message>
        <source>All pictures here begin with the noise of this seed.</source>
        <translation>这里的图都从这个种子的噪声开始。</translation>
    </message>
    <message>
        <source>Make the picture</source>
        <translation>画图</translation>
    </message>
    <message>
        <source>Draw the prompt once, and keep its steps and word maps.</source>
        <translation>按提示词画一张，并保留每一步和词语图。</translation>
    </message>
    <message>
        <source>Take this prompt, seed and guidance to Create.</source>
        <translation>把这条提示词、种子和引导强度带到“创作”。</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>How the prompt is cut, and what is near each piece.</source>
        <translation>提示词怎样切分，每一块附近有什么。</translation>
    </message>
    <message>
        <source>Two answers</source>
        <translation>两个回答</translation>
    </message>
    <message>
        <source>With and without the prompt, in one step.</source>
        <translation>同一步里，带提示词和不带提示词的回答。</translation>
    </message>
    <message>
        <source>One seed at seven guidance scales.</source>
        <translation>同一个种子，七种引导强度。</translation>
    </message>
    <message>
        <source>Word maps</source>
        <translation>词语图</translation>
    </message>
    <message>
        <source>Which places of the picture look at which word.</source>
        <translation>画面的哪些位置在看哪个词。</translation>
    </message>
    <message>
        <source>This step</source>
        <translation>这一步</translation>
    </message>
    <message>
        <source>The map of the step at the playhead.</source>
        <translation>播放头所在那一步的词语图。</translation>
    </message>
    <message>
        <source>All steps</source>
        <translation>所有步</translation>
    </message>
    <message>
        <source>The mean over all steps.</source>
        <translation>所有步的平均。</translation>
    </message>
    <message>
        <source>Other word</source>
        <translation>另一个词</translation>
    </message>
    <message>
        <source>What the chosen word is swapped for.</source>
        <translation>把所选的词换成什么。</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>换词</translation>
    </message>
    <message>
        <source>Draw again on the same seed, with the other word.</source>
        <translation>用同一个种子、换上另一个词再画一次。</translation>
    </message>
    <message>
        <source>apple</source>
        <translation>苹果</translation>
    </message>
    <message>
        <source>banana</source>
        <translation>香蕉</translation>
    </message>
    <message>
        <source>mushroom</source>
        <translation>蘑菇</translation>
    </message>
    <message>
        <source>sunflower</source>
        <translation>向日葵</translation>
    </message>
    <message>
        <source>panda</source>
        <translation>熊猫</translation>
    </message>
    <message>
        <source>frog</source>
        <translation>青蛙</translation>
    </message>
    <message>
        <source>pig</source>
        <translation>猪</translation>
    </message>
    <message>
        <source>octopus</source>
        <translation>章鱼</translation>
    </message>
    <message>
        <source>car</source>
        <translation>汽车</translation>
    </message>
    <message>
        <source>house</source>
        <translation>房子</translation>
    </message>
    <message>
        <source>Digits, 8 px</source>
        <translation>数字，8 像素</translation>
    </message>
    <message>
        <source>1,797 handwritten digits of 43 people, as scikit-learn ships them.</source>
        <translation>1797 个手写数字，出自 43 人之手，取自 scikit-learn。</translation>
    </message>
    <message>
        <source>Things, 16 px</source>
        <translation>物件，16 像素</translation>
    </message>
    <message>
        <source>3,000 pictures of ten things, painted as those that the starter model learned from.</source>
        <translation>十种东西的 3000 张图，画法与入门模型的训练图相同。</translation>
    </message>
    <message>
        <source>Things, 32 px</source>
        <translation>物件，32 像素</translation>
    </message>
    <message>
        <source>not a picture</source>
        <translation>不是图片</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>空文件</translation>
    </message>
    <message>
        <source>damaged, cut off, or not what its name says</source>
        <translation>已损坏、不完整，或与扩展名不符</translation>
    </message>
    <message>
        <source>too large: {pixels} million pixels</source>
        <translation>太大：{pixels} 百万像素</translation>
    </message>
    <message>
        <source>too large: more than 64 MB</source>
        <translation>太大：超过 64 MB</translation>
    </message>
    <message>
        <source>too narrow: {width} × {height} px</source>
        <translation>太窄：{width} × {height} 像素</translation>
    </message>
    <message>
        <source>colours of a kind that cannot be shown</source>
        <translation>颜色格式无法显示</translation>
    </message>
    <message>
        <source>looks the same as {file}</source>
        <translation>与 {file} 看起来相同</translation>
    </message>
    <message>
        <source>cannot be read: {problem}</source>
        <translation>无法读取：{problem}</translation>
    </message>
    <message>
        <source>turned as its camera says</source>
        <translation>已按相机记录的方向旋转</translation>
    </message>
    <message>
        <source>CMYK, converted to RGB</source>
        <translation>CMYK，已转换为 RGB</translation>
    </message>
    <message>
        <source>16 bits, reduced to 8</source>
        <translation>16 位，已降为 8 位</translation>
    </message>
    <message>
        <source>several frames, the first one is used</source>
        <translation>有多帧，只用第一帧</translation>
    </message>
    <message>
        <source>transparent, laid on white</source>
        <translation>有透明部分，已垫白底</translation>
    </message>
    <message>
        <source>{folder} has no picture that can be used. The pictures stay as they were.</source>
        <translation>{folder} 里没有能用的图片。图片保持不变。</translation>
    </message>
    <message>
        <source>{folder} has only one picture; two are needed. The pictures stay as they were.</source>
        <translation>{folder} 里只有一张图片，至少要两张。图片保持不变。</translation>
    </message>
    <message>
        <source>Choose a folder with pictures</source>
        <translation>选择装有图片的文件夹</translation>
    </message>
    <message>
        <source>Your pictures</source>
        <translation>您的图片</translation>
    </message>
    <message>
        <source>Those in the folder where Safelight saves pictures.</source>
        <translation>Safelight 保存图片的文件夹里的图片。</translation>
    </message>
    <message>
        <source>A folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Pictures of your own. Subfolders are taken as kinds. You can also drop a folder here.</source>
        <translation>您自己的图片。子文件夹视为类别。也可以把文件夹拖到这里。</translation>
    </message>
    <message>
        <source>Another folder…</source>
        <translation>另选文件夹…</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>另选一个文件夹。</translation>
    </message>
    <message>
        <source>Reduce each picture to {side} × {side} px.</source>
        <translation>把每张图缩小到 {side} × {side} 像素。</translation>
    </message>
    <message>
        <source>Use these</source>
        <translation>就用这些</translation>
    </message>
    <message>
        <source>Read no further, and use the pictures that have been read.</source>
        <translation>不再读取，使用已读取的图片。</translation>
    </message>
    <message>
        <source>Read no further; the pictures stay as they were.</source>
        <translation>不再读取，图片保持不变。</translation>
    </message>
    <message>
        <source>The first pictures of the set</source>
        <translation>图集的前几张图</translation>
    </message>
    <message>
        <source>{count} pictures of {side} × {side} px</source>
        <translation>{count} 张 {side} × {side} 像素的图</translation>
    </message>
    <message>
        <source>{count} kinds</source>
        <translation>{count} 类</translation>
    </message>
    <message>
        <source>read so far</source>
        <translation>目前已读取</translation>
    </message>
    <message>
        <source>the first of {count}</source>
        <translation>取自 {count} 张的前面部分</translation>
    </message>
    <message>
        <source>A random choice: {count} more were not read.</source>
        <translation>随机选取，另有 {count} 张没有读取。</translation>
    </message>
    <message>
        <source>Only the first {count} files were looked at.</source>
        <translation>只看了前 {count} 个文件。</translation>
    </message>
    <message>
        <source>Left out: {skipped} · changed: {changed}</source>
        <translation>略过 {skipped} · 改动 {changed}</translation>
    </message>
    <message>
        <source>List the files that were left out or changed, with the reasons.</source>
        <translation>列出被略过或改动的文件，附原因。</translation>
    </message>
    <message>
        <source>Reading: {done} of {total}</source>
        <translation>正在读取：{done} / {total}</translation>
    </message>
    <message>
        <source>Looking for pictures…</source>
        <translation>正在查找图片…</translation>
    </message>
    <message>
        <source>Files in {folder}</source>
        <translation>{folder} 中的文件</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Files that were left out or changed, with the reasons.</source>
        <translation>被略过或改动的文件，附原因。</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>略过</translation>
    </message>
    <message>
        <source>used</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Sample {place} of {count}</source>
        <translation>第 {place} 个样本，共 {count} 个</translation>
    </message>
    <message>
        <source>a copy</source>
        <translation>复制品</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新图</translation>
    </message>
    <message>
        <source>Real pictures</source>
        <translation>真实图片</translation>
    </message>
    <message>
        <source>Some of the {count} that are learned</source>
        <translation>所学 {count} 张中的几张</translation>
    </message>
    <message>
        <source>Not started</source>
        <translation>尚未开始</translation>
    </message>
    <message>
        <source>stopped: numbers too large; take another seed</source>
        <translation>已停止：数值过大，请换一个种子</translation>
    </message>
    <message>
        <source>step {steps} of {length}, {seconds} s</source>
        <translation>第 {steps}/{length} 步，{seconds} 秒</translation>
    </message>
    <message>
        <source>{found} of {parts} islands, {good} % good, {covered} % covered</source>
        <translation>找到 {found}/{parts} 个岛，{good}% 合格，覆盖 {covered}%</translation>
    </message>
    <message>
        <source>{found} of {parts} parts, {good} % good, {covered} % covered</source>
        <translation>找到 {found}/{parts} 块，{good}% 合格，覆盖 {covered}%</translation>
    </message>
    <message>
        <source>1 call a point</source>
        <translation>每点调用 1 次</translation>
    </message>
    <message>
        <source>{calls} calls a point</source>
        <translation>每点调用网络 {calls} 次</translation>
    </message>
    <message>
        <source>right kind {right} %, {apart} × as far off as real ones</source>
        <translation>类别正确 {right}%，偏离为真实图片的 {apart} 倍</translation>
    </message>
    <message>
        <source>1 call a picture</source>
        <translation>每张调用 1 次</translation>
    </message>
    <message>
        <source>{calls} calls a picture</source>
        <translation>每张调用 {calls} 次</translation>
    </message>
    <message>
        <source>variety {variety} %</source>
        <translation>多样性 {variety}%</translation>
    </message>
    <message>
        <source>Diffusion</source>
        <translation>扩散</translation>
    </message>
    <message>
        <source>Flow matching</source>
        <translation>流匹配</translation>
    </message>
    <message>
        <source>Normalizing flow</source>
        <translation>标准化流</translation>
    </message>
    <message>
        <source>p(x): unknown</source>
        <translation>p(x)：未知</translation>
    </message>
    <message>
        <source>p(x): a lower bound</source>
        <translation>p(x)：只有下界</translation>
    </message>
    <message>
        <source>p(x): with many more calls</source>
        <translation>p(x)：要再调用很多次</translation>
    </message>
    <message>
        <source>p(x): exact</source>
        <translation>p(x)：准确</translation>
    </message>
    <message>
        <source>discriminator: true or made?</source>
        <translation>判别器：是真是假？</translation>
    </message>
    <message>
        <source>generator: make what passes</source>
        <translation>生成器：造出能过关的</translation>
    </message>
    <message>
        <source>encoder: points to numbers</source>
        <translation>编码器：把点变成数</translation>
    </message>
    <message>
        <source>decoder: numbers to points</source>
        <translation>解码器：把数变成点</translation>
    </message>
    <message>
        <source>warp: points to noise</source>
        <translation>变形：把点变成噪声</translation>
    </message>
    <message>
        <source>gradient: make this noise likelier</source>
        <translation>梯度：让这些噪声更可能</translation>
    </message>
    <message>
        <source>noise: mix it into the points</source>
        <translation>噪声：掺进点里</translation>
    </message>
    <message>
        <source>gradient: where did they lie?</source>
        <translation>梯度：它们原来在哪里？</translation>
    </message>
    <message>
        <source>How many of the eight islands will the GAN find?</source>
        <translation>八个岛，GAN 会找到几个？</translation>
    </message>
    <message>
        <source>Its optimiser has momentum 0.9, as is usual. All four get the same time.</source>
        <translation>它的优化器用通常的动量 0.9。四种方法用时相同。</translation>
    </message>
    <message>
        <source>What does the VAE do between the islands?</source>
        <translation>在岛与岛之间，VAE 会怎样？</translation>
    </message>
    <message>
        <source>It leaves the sea empty</source>
        <translation>那里空着</translation>
    </message>
    <message>
        <source>It puts points there too</source>
        <translation>那里也落下点</translation>
    </message>
    <message>
        <source>It finds only one island</source>
        <translation>它只找到一个岛</translation>
    </message>
    <message>
        <source>And how many islands does the GAN find without momentum?</source>
        <translation>去掉动量，GAN 又会找到几个岛？</translation>
    </message>
    <message>
        <source>The same networks and the same points; only the momentum is 0.</source>
        <translation>网络相同，点也相同，只是动量为 0。</translation>
    </message>
    <message>
        <source>clearing the drawing</source>
        <translation>清除画板</translation>
    </message>
    <message>
        <source>The GAN has found {found} of 8 islands after {steps} steps, and {good} % of its points are on an island: mode collapse. Diffusion has found {other} in the same time.</source>
        <translation>{steps} 步之后，GAN 找到 8 个岛中的 {found} 个，{good}% 的点落在岛上：这就是模式坍塌。同样的时间，扩散找到 {other} 个。</translation>
    </message>
    <message>
        <source>The GAN has found {found} of 8 islands after {steps} steps, and {good} % of its points are on an island: this time it has not collapsed, which happens in about one run of five. Diffusion has found {other} in the same time.</source>
        <translation>{steps} 步之后，GAN 找到 8 个岛中的 {found} 个，{good}% 的点落在岛上：这次没有坍塌，大约五次里有一次如此。同样的时间，扩散找到 {other} 个。</translation>
    </message>
    <message>
        <source>It puts points there too: {bad} % of its points are between the islands, though it has found {found} of 8. Of the points of diffusion {other} % are off the islands.</source>
        <translation>那里也落下点：它的点有 {bad}% 落在岛外，尽管 8 个岛找到了 {found} 个。扩散的点只有 {other}% 在岛外。</translation>
    </message>
    <message>
        <source>Without momentum the same GAN has found {found} of 8 islands, with {good} % of its points on them. One number of the optimiser decided it.</source>
        <translation>去掉动量，同样的 GAN 找到 8 个岛中的 {found} 个，{good}% 的点落在岛上。决定这一切的只是优化器的一个数。</translation>
    </message>
    <message>
        <source>Train all four, in turns.</source>
        <translation>四种方法轮流训练。</translation>
    </message>
    <message>
        <source>Forget what was learned and begin with step 0.</source>
        <translation>忘掉学到的一切，从第 0 步开始。</translation>
    </message>
    <message>
        <source>One step of each of the four.</source>
        <translation>四种方法各走一步。</translation>
    </message>
    <message>
        <source>One phase</source>
        <translation>一个阶段</translation>
    </message>
    <message>
        <source>Half a step of each: the panes say what it does.</source>
        <translation>各走半步，面板上写着它在做什么。</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Switches</source>
        <translation>开关</translation>
    </message>
    <message>
        <source>Eight islands</source>
        <translation>八个岛</translation>
    </message>
    <message>
        <source>Two moons</source>
        <translation>双月</translation>
    </message>
    <message>
        <source>Two spirals</source>
        <translation>双螺旋</translation>
    </message>
    <message>
        <source>Checkerboard</source>
        <translation>棋盘</translation>
    </message>
    <message>
        <source>Ring</source>
        <translation>圆环</translation>
    </message>
    <message>
        <source>Pinwheel</source>
        <translation>风车</translation>
    </message>
    <message>
        <source>Heart</source>
        <translation>爱心</translation>
    </message>
    <message>
        <source>Drawn by hand</source>
        <translation>手绘</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>What is learned</source>
        <translation>学什么</translation>
    </message>
    <message>
        <source>Pictures, 16 px</source>
        <translation>图片，16 px</translation>
    </message>
    <message>
        <source>What is learned: 1,000 points, or pictures, which take minutes.</source>
        <translation>学的内容：1,000 个点，或者图片（要几分钟）。</translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation>画板</translation>
    </message>
    <message>
        <source>Draw points of your own with the mouse, or move with the arrow keys and press Space.</source>
        <translation>用鼠标画自己的点；也可以用方向键移动，按空格落点。</translation>
    </message>
    <message>
        <source>Of the points, the networks and all noise: the same seed, the same run.</source>
        <translation>决定点、网络和所有噪声：种子相同，过程就相同。</translation>
    </message>
    <message>
        <source>Remove what was drawn.</source>
        <translation>清除画好的点。</translation>
    </message>
    <message>
        <source>Slow</source>
        <translation>慢动作</translation>
    </message>
    <message>
        <source>One phase after the other; what it works on is blue.</source>
        <translation>一个阶段一个阶段地走，正在处理的点显示为蓝色。</translation>
    </message>
    <message>
        <source>By step</source>
        <translation>逐步</translation>
    </message>
    <message>
        <source>One step of each between two frames.</source>
        <translation>每一帧各走一步。</translation>
    </message>
    <message>
        <source>As fast as this computer can.</source>
        <translation>这台电脑能多快就多快。</translation>
    </message>
    <message>
        <source>Phases</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>两个</translation>
    </message>
    <message>
        <source>Both phases of each step.</source>
        <translation>每一步的两个阶段都做。</translation>
    </message>
    <message>
        <source>First</source>
        <translation>第一个</translation>
    </message>
    <message>
        <source>Only discriminator and encoder. Diffusion and flow only make noise, and learn nothing.</source>
        <translation>只训练判别器和编码器。扩散和流只产生噪声，什么也不学。</translation>
    </message>
    <message>
        <source>Second</source>
        <translation>第二个</translation>
    </message>
    <message>
        <source>Only generator and decoder. Diffusion learns from the same noise again and again.</source>
        <translation>只训练生成器和解码器。扩散反复用同一份噪声学习。</translation>
    </message>
    <message>
        <source>GAN: momentum</source>
        <translation>GAN：动量</translation>
    </message>
    <message>
        <source>The usual β₁ of Adam. The GAN leaps from place to place.</source>
        <translation>Adam 通常的 β₁。GAN 会跳来跳去。</translation>
    </message>
    <message>
        <source>β₁ = 0, with a falling learning rate and averaged weights.</source>
        <translation>β₁ = 0，学习率逐渐下降，权重取平均。</translation>
    </message>
    <message>
        <source>GAN: penalty R1</source>
        <translation>GAN：R1 惩罚</translation>
    </message>
    <message>
        <source>VAE: weight β</source>
        <translation>VAE：权重 β</translation>
    </message>
    <message>
        <source>The discriminator may be as steep as it likes.</source>
        <translation>判别器想多陡就多陡。</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开启</translation>
    </message>
    <message>
        <source>Steep discriminators are penalised. Here that changes little: try it.</source>
        <translation>判别器太陡就受罚。在这里差别不大，不妨试试。</translation>
    </message>
    <message>
        <source>The weight of the KL term, as the VAE was published.</source>
        <translation>KL 项的权重，原论文的取值。</translation>
    </message>
    <message>
        <source>The numbers of the encoder say nothing any more: one blob.</source>
        <translation>编码器的数不再说明任何东西：只剩一团。</translation>
    </message>
    <message>
        <source>Fourth way</source>
        <translation>第四种</translation>
    </message>
    <message>
        <source>Flow</source>
        <translation>流模型</translation>
    </message>
    <message>
        <source>A normalizing flow (RealNVP), which tells every point&apos;s probability.</source>
        <translation>标准化流（RealNVP），能说出每个点的概率。</translation>
    </message>
    <message>
        <source>Matching</source>
        <translation>流匹配</translation>
    </message>
    <message>
        <source>Flow matching: diffusion on straight ways, as in newer picture models.</source>
        <translation>流匹配：走直线的扩散，较新的图像模型都用它。</translation>
    </message>
    <message>
        <source>Beneath</source>
        <translation>底图</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Only the points.</source>
        <translation>只显示点。</translation>
    </message>
    <message>
        <source>What it knows</source>
        <translation>网络的看法</translation>
    </message>
    <message>
        <source>What each network thinks of every place of the plane.</source>
        <translation>每个网络对平面上每一处的看法。</translation>
    </message>
    <message>
        <source>GAN: bright where the discriminator says “true”. VAE: the grid of its numbers, unfolded. Diffusion and flow matching: arrows to where the points lie, at this much noise. Flow: probability.</source>
        <translation>GAN：判别器认作“真”的地方发亮。VAE：那两个数的网格展开后的样子。扩散和流匹配：在这么多噪声下，箭头指向点的所在。流模型：概率。</translation>
    </message>
    <message>
        <source>How much noise the arrows are for: 100 % is pure noise.</source>
        <translation>箭头对应多少噪声：100% 是纯噪声。</translation>
    </message>
    <message>
        <source>Strides</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>In how many strides diffusion and flow matching go from noise to a point; 20 at most while training.</source>
        <translation>扩散和流匹配从噪声走到点分几步；训练时最多 20 步。</translation>
    </message>
    <message>
        <source>{way}: its aim</source>
        <translation>{way}：训练目标</translation>
    </message>
    <message>
        <source>removing a training</source>
        <translation>移除训练</translation>
    </message>
    <message>
        <source>The training was removed.</source>
        <translation>训练已移除。</translation>
    </message>
    <message>
        <source>The model was written to {folder} and is listed in Models.</source>
        <translation>模型已写入 {folder}，并列在“模型”中。</translation>
    </message>
    <message>
        <source>Noise has 1,000 levels here. How often is the net asked about one picture in a training step?</source>
        <translation>这里的噪声有 1000 级。一个训练步里，每张图要问网络几次？</translation>
    </message>
    <message>
        <source>1,000 times, once for each level</source>
        <translation>1000 次，每一级一次</translation>
    </message>
    <message>
        <source>20 times, as when a picture is made</source>
        <translation>20 次，和出图时一样</translation>
    </message>
    <message>
        <source>Once</source>
        <translation>一次</translation>
    </message>
    <message>
        <source>The loss is an average over all levels of noise. Where does most of it come from?</source>
        <translation>损失是各级噪声上的平均。它大多来自哪里？</translation>
    </message>
    <message>
        <source>From much noise, where the picture is decided</source>
        <translation>噪声大的地方，画面在那里定下</translation>
    </message>
    <message>
        <source>From very little noise, where no eye sees it</source>
        <translation>噪声极少的地方，肉眼看不出</translation>
    </message>
    <message>
        <source>Evenly from all levels</source>
        <translation>各级平均分摊</translation>
    </message>
    <message>
        <source>At the end, how many of the 16 samples will be copies of pictures that it learned from?</source>
        <translation>训练结束时，16 张样图里会有几张是照搬训练图的？</translation>
    </message>
    <message>
        <source>A copy is nearer to one picture than a third of the way to the next.</source>
        <translation>照搬是指：到最近那张图的距离，不到次近距离的三分之一。</translation>
    </message>
    <message>
        <source>Learning rate {rate}</source>
        <translation>学习率 {rate}</translation>
    </message>
    <message>
        <source>Film of the samples…</source>
        <translation>样图的影片…</translation>
    </message>
    <message>
        <source>Write the model as a folder that diffusers and Create open, or the samples over the training as a film.</source>
        <translation>把模型写成 diffusers 和“创作”能打开的文件夹，或把训练过程中的样图存成影片。</translation>
    </message>
    <message>
        <source>Draws any kind</source>
        <translation>各种类别都画</translation>
    </message>
    <message>
        <source>Draws only: {kind}</source>
        <translation>只画：{kind}</translation>
    </message>
    <message>
        <source>Continue from the moment at the playhead in a new training with another learning rate; this one stays as it is. Ticks above the film: moments that were kept for it.</source>
        <translation>从播放头所在的时刻起，换一个学习率，另开一次训练继续；原来的训练保持不变。胶片上方的刻度：为此保留下来的时刻。</translation>
    </message>
    <message>
        <source>picture</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>with noise</source>
        <translation>加噪后</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Pause the training; it is saved.</source>
        <translation>暂停训练，并保存。</translation>
    </message>
    <message>
        <source>Resume the training that is shown, or start one.</source>
        <translation>继续显示的训练，或开始新的训练。</translation>
    </message>
    <message>
        <source>No training yet.</source>
        <translation>还没有训练。</translation>
    </message>
    <message>
        <source>Choose pictures at the left and press Train.</source>
        <translation>在左侧选好图片，再按“训练”。</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Waits for the run in Create</source>
        <translation>等待“创作”中的运行</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>正在学习</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Always the same pictures, t and noise. 1: answering 0. Green: the perfect denoiser, which knows all pictures, these too. Dots: pictures it has seen.</source>
        <translation>每次都是同样的图、t 和噪声。1：全答 0。绿线：完美去噪器，它记得所有的图，考试的图也在内。圆点：见过的图。</translation>
    </message>
    <message>
        <source>step {step}, measuring how fast it is</source>
        <translation>第 {step} 步，正在测速</translation>
    </message>
    <message>
        <source>{time} ms a step</source>
        <translation>每步 {time} 毫秒</translation>
    </message>
    <message>
        <source>each picture seen {times} times</source>
        <translation>每张图看过 {times} 遍</translation>
    </message>
    <message>
        <source>repeat</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>until it is done</source>
        <translation>直到学完</translation>
    </message>
    <message>
        <source>draw a picture {x0}</source>
        <translation>取一张图 {x0}</translation>
    </message>
    <message>
        <source>draw {t} from 1 … {T}</source>
        <translation>从 1 … {T} 中抽 {t}</translation>
    </message>
    <message>
        <source>draw noise {noise} from N(0, I)</source>
        <translation>从 N(0, I) 抽噪声 {noise}</translation>
    </message>
    <message>
        <source>step down {loss}</source>
        <translation>下降一步：{loss}</translation>
    </message>
    <message>
        <source>number {number}</source>
        <translation>第 {number} 张</translation>
    </message>
    <message>
        <source>seed {seed}.{step}</source>
        <translation>种子 {seed}.{step}</translation>
    </message>
    <message>
        <source>loss {loss}</source>
        <translation>损失 {loss}</translation>
    </message>
    <message>
        <source>Algorithm 1: training</source>
        <translation>算法 1：训练</translation>
    </message>
    <message>
        <source>Algorithm 1, answering the picture</source>
        <translation>算法 1，改为回答原图</translation>
    </message>
    <message>
        <source>From step {step}: the last one before step {at} that was kept</source>
        <translation>从第 {step} 步起：第 {at} 步之前最后保留的一步</translation>
    </message>
    <message>
        <source>From step {step}</source>
        <translation>从第 {step} 步起</translation>
    </message>
    <message>
        <source>exam, unseen</source>
        <translation>考试，没见过的图</translation>
    </message>
    <message>
        <source>exam, not branched</source>
        <translation>考试，未分支的那次</translation>
    </message>
    <message>
        <source>exam, seen</source>
        <translation>考试，见过的图</translation>
    </message>
    <message>
        <source>perfect</source>
        <translation>完美去噪器</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Each sample is compared with all training pictures; below it are the two nearest.</source>
        <translation>每张样图都与全部训练图比较；下面是最近的两张。</translation>
    </message>
    <message>
        <source>{count} of {all} samples are copies; of real new pictures {chance} % would be called so.</source>
        <translation>{all} 张样图中有 {count} 张是照搬；真正的新图也会有 {chance} % 被这样判定。</translation>
    </message>
    <message>
        <source>It begins to copy: stop here, or give it more pictures.</source>
        <translation>它开始照搬了：就此停下，或给它更多图片。</translation>
    </message>
    <message>
        <source>Exam: {seen} on seen, {unseen} on unseen pictures.</source>
        <translation>考试：见过的图 {seen}，没见过的图 {unseen}。</translation>
    </message>
    <message>
        <source>The loss of Algorithm 1</source>
        <translation>算法 1 的损失</translation>
    </message>
    <message>
        <source>The loss, weighted by the signal-to-noise ratio</source>
        <translation>损失，按信噪比加权</translation>
    </message>
    <message>
        <source>Once, at one level drawn at random: step {step} took t = {t}. That takes {time} ms here for {batch} pictures, with any number of levels. So more steps for making a picture do not make the training longer.</source>
        <translation>一次，级数随机抽取：第 {step} 步抽到 t = {t}。这里 {batch} 张图要 {time} 毫秒，分多少级都一样。所以出图步数再多，训练也不会变久。</translation>
    </message>
    <message>
        <source>{share} % of the loss after step {step} comes from the eighth with the least noise, {last} % from the four with the most. So a flat curve can hide pictures that still improve, and a lower one need not mean better pictures.</source>
        <translation>第 {step} 步之后，损失的 {share} % 来自噪声最少的八分之一段，噪声最多的四段只占 {last} %。所以曲线平了，图仍可能在变好；损失更低，图也未必更好。</translation>
    </message>
    <message>
        <source>{count} of {all} samples after step {step} are copies of its {pictures} pictures; of real new pictures {chance} % would be called so.</source>
        <translation>第 {step} 步之后，{all} 张样图中有 {count} 张照搬了那 {pictures} 张训练图；真正的新图也会有 {chance} % 被这样判定。</translation>
    </message>
    <message>
        <source>Trainings</source>
        <translation>训练列表</translation>
    </message>
    <message>
        <source>Predict the picture</source>
        <translation>预测原图</translation>
    </message>
    <message>
        <source>The net answers with x0; the loss is weighted by the signal-to-noise ratio. Small nets learn that far faster.</source>
        <translation>网络回答 x0，损失按信噪比加权。小网络这样学得快得多。</translation>
    </message>
    <message>
        <source>Predict the noise</source>
        <translation>预测噪声</translation>
    </message>
    <message>
        <source>The net answers with ε, as Algorithm 1 has it. Its loss is the lowest, its pictures the worst: try it.</source>
        <translation>网络回答 ε，与算法 1 一致。损失最低，图却最差：试试看。</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>秒数</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>About how long it learns. Its speed is measured for 3 seconds; then the number of steps is fixed.</source>
        <translation>大约学多久。先测速 3 秒，然后定下步数。</translation>
    </message>
    <message>
        <source>How far each step goes at most.</source>
        <translation>每一步最多走多远。</translation>
    </message>
    <message>
        <source>The training that is shown.</source>
        <translation>显示的训练。</translation>
    </message>
    <message>
        <source>Model for Create and diffusers</source>
        <translation>供“创作”和 diffusers 使用的模型</translation>
    </message>
    <message>
        <source>Training step</source>
        <translation>训练步</translation>
    </message>
    <message>
        <source>The chosen sample over the training. Drag, or press ← and →, to see the samples of an earlier moment.</source>
        <translation>选中的样图在训练中的变化。拖动或按 ←、→，可以看更早时刻的样图。</translation>
    </message>
    <message>
        <source>Denoising step</source>
        <translation>去噪步</translation>
    </message>
    <message>
        <source>After how many steps from noise to picture the samples are shown.</source>
        <translation>显示从噪声到图片走了多少步之后的样图。</translation>
    </message>
    <message>
        <source>How much the label counts: 1 is off, more makes kinds clearer and less varied.</source>
        <translation>标签起多大作用：1 为关闭，越大类别越分明，变化越少。</translation>
    </message>
    <message>
        <source>Start a new training with these pictures and this recipe.</source>
        <translation>用这些图片和这个配方开始新的训练。</translation>
    </message>
    <message>
        <source>Branch…</source>
        <translation>分支…</translation>
    </message>
    <message>
        <source>Remove this training. It can be undone.</source>
        <translation>移除这个训练，可以撤销。</translation>
    </message>
    <message>
        <source>x_t, as it is after the step.</source>
        <translation>这一步之后的 x_t。</translation>
    </message>
    <message>
        <source>x0, as the net sees it in the step.</source>
        <translation>这一步里网络看到的 x0。</translation>
    </message>
    <message>
        <source>New or copied?</source>
        <translation>新画的还是照搬的？</translation>
    </message>
    <message>
        <source>Exam in bands of t</source>
        <translation>按 t 分段的考试</translation>
    </message>
    <message>
        <source>Your picture is being encoded…</source>
        <translation>正在编码您的图片…</translation>
    </message>
    <message>
        <source>{channels} × {rows} × {columns} numbers get the noise, instead of 3 × {height} × {width}.</source>
        <translation>噪声加在 {channels} × {rows} × {columns} 个数上，而不是 3 × {height} × {width} 个数上。</translation>
    </message>
    <message>
        <source>noise in the latents: similarity to your picture; in the pixels: {similarity}</source>
        <translation>噪声加在潜变量上：与原图的相似度；加在像素上：{similarity}</translation>
    </message>
    <message>
        <source>Noise in</source>
        <translation>噪声加在</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>Noise is added to your picture.</source>
        <translation>噪声加在您的图片上。</translation>
    </message>
    <message>
        <source>Latents, too</source>
        <translation>潜变量也加</translation>
    </message>
    <message>
        <source>Beside it: noise is added to the latents of the model in Create, then they are decoded.</source>
        <translation>旁边再加一张：噪声加在“创作”所用模型的潜变量上，然后解码。</translation>
    </message>
    <message>
        <source>Your picture with noise in the latents</source>
        <translation>您的图片，噪声加在潜变量上</translation>
    </message>
    <message>
        <source>it has more vectors than a prompt has room for</source>
        <translation>它的向量比提示词能容纳的还多</translation>
    </message>
    <message>
        <source>it has different numbers of vectors for the text encoders</source>
        <translation>它为各文本编码器准备的向量数量不同</translation>
    </message>
    <message>
        <source>it holds no vectors that are known here</source>
        <translation>它不含这里认识的向量</translation>
    </message>
</context>
</TS>
