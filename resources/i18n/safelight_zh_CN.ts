<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Safelight</name>
    <message>
        <source>Something unexpected happened: {problem}. The log file has the details.</source>
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
        <source>{sampler} does not fit this model: {reason}. Choose another sampler.</source>
        <translation>{sampler} 不适用于此模型：{reason}。请换一个采样器。</translation>
    </message>
    <message>
        <source>After step {step} the run cannot go on in this way. {reason}</source>
        <translation>第 {step} 步之后，无法这样继续。{reason}</translation>
    </message>
    <message>
        <source>This model was made to follow the prompt without guidance, so there is none to be seen.</source>
        <translation>这个模型不用引导就会跟随提示词，所以没有引导可看。</translation>
    </message>
    <message>
        <source>There is no model called “{model}”. Choose another one, or open its folder.</source>
        <translation>没有名为“{model}”的模型。请选择其他模型，或打开它所在的文件夹。</translation>
    </message>
    <message>
        <source>The model folder {folder} is not there. Choose another model, or open the folder where it is now.</source>
        <translation>找不到模型文件夹 {folder}。请选择其他模型，或打开它现在所在的文件夹。</translation>
    </message>
    <message>
        <source>The model in {folder} is incomplete: {missing} is missing. Download it again, or choose another model.</source>
        <translation>{folder} 中的模型不完整：缺少 {missing}。请重新下载，或选择其他模型。</translation>
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
        <source>The model in {folder} was not opened, because {file} could run a program: {problem}. Use a version of it in safetensors format.</source>
        <translation>没有打开 {folder} 中的模型，因为 {file} 可能会运行程序：{problem}。请使用 safetensors 格式的版本。</translation>
    </message>
    <message>
        <source>The model in {folder} was not opened, because {file} {problem}. Remove that file if it is not needed, or choose another model.</source>
        <translation>没有打开 {folder} 中的模型，因为 {file} {problem}。如果不需要该文件，请将其移走，或选择其他模型。</translation>
    </message>
    <message>
        <source>Safelight cannot run this kind of model yet ({kind}). Choose a Stable Diffusion 1 or 2 model in diffusers layout.</source>
        <translation>Safelight 还不能运行这类模型（{kind}）。请选择 diffusers 格式的 Stable Diffusion 1 或 2 模型。</translation>
    </message>
    <message>
        <source>The starter model that came with Safelight is damaged: {problem}. Install Safelight again, or open another model folder.</source>
        <translation>Safelight 自带的入门模型已损坏：{problem}。请重新安装 Safelight，或打开其他模型文件夹。</translation>
    </message>
    <message>
        <source>The starter model that came with Safelight is damaged: {file} {problem}. Install Safelight again, or open another model folder.</source>
        <translation>Safelight 自带的入门模型已损坏：{file} {problem}。请重新安装 Safelight，或打开其他模型文件夹。</translation>
    </message>
    <message>
        <source>The picture fell apart at step {step}: the numbers left their range. Lower the guidance, or choose another sampler or seed.</source>
        <translation>图片在第 {step} 步崩坏了：数值超出了范围。请降低引导强度，或换一个采样器或种子。</translation>
    </message>
    <message>
        <source>There was not enough memory for a picture of {width} × {height}. Try a smaller size, or close other programs.</source>
        <translation>内存不足，无法生成 {width} × {height} 的图片。请减小尺寸，或关闭其他程序。</translation>
    </message>
    <message>
        <source>This picture needs about {needed} of memory and {free} are free. It may fail, or slow the computer down.</source>
        <translation>这张图片约需 {needed} 内存，目前可用 {free}。生成可能失败，或使电脑变慢。</translation>
    </message>
    <message>
        <source>This picture needs about {needed} of memory; this computer has {total}. Try a smaller size, or a smaller model.</source>
        <translation>这张图片约需 {needed} 内存，而这台电脑只有 {total}。请减小尺寸，或换用更小的模型。</translation>
    </message>
    <message>
        <source>This step is no longer held in memory. Generate the picture again to see its steps.</source>
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
        <source>{file} exists already and was left as it is. Choose another name.</source>
        <translation>{file} 已经存在，未作改动。请换一个名称。</translation>
    </message>
    <message>
        <source>Pictures are saved as .png, .jpg or .webp, and {file} ends otherwise. Choose another name.</source>
        <translation>图片只能保存为 .png、.jpg 或 .webp，而 {file} 的扩展名不同。请换一个名称。</translation>
    </message>
    <message>
        <source>There are no steps here to export. Generate the picture, and then export how it developed.</source>
        <translation>这里没有可导出的步骤。请先生成图片，再导出它的形成过程。</translation>
    </message>
    <message>
        <source>The export could not be written in {folder}: {problem}. Nothing was left there; choose another place.</source>
        <translation>无法写入 {folder}：{problem}。那里没有留下任何东西；请换一个位置导出。</translation>
    </message>
    <message>
        <source>MP4 needs the video library PyAV, which is not installed. Install it with: {command}</source>
        <translation>MP4 需要视频库 PyAV，但尚未安装。安装命令：{command}</translation>
    </message>
    <message>
        <source>The video library that is installed cannot write H.264. Choose another format.</source>
        <translation>已安装的视频库不能写 H.264。请选择其他格式。</translation>
    </message>
    <message>
        <source>The prompt is too long to be kept in {file}. Save the picture as .png instead.</source>
        <translation>提示词太长，无法存入 {file}。请改存为 .png。</translation>
    </message>
    <message>
        <source>{file} cannot be opened as a picture: {problem}.</source>
        <translation>{file} 无法作为图片打开：{problem}。</translation>
    </message>
    <message>
        <source>{file} carries no recipe, so nothing could be restored from it.</source>
        <translation>{file} 不含配方，因此无法从中恢复任何内容。</translation>
    </message>
    <message>
        <source>What you type and choose cannot be written to disk: {problem}. Until that is put right, it will be gone at the next start.</source>
        <translation>您输入和选择的内容无法写入磁盘：{problem}。在解决之前，下次启动时这些内容将会丢失。</translation>
    </message>
    <message>
        <source>Your settings were written by a newer Safelight. They are left as they are; changes made now are not kept.</source>
        <translation>您的设置由更新版本的 Safelight 写入，已原样保留；现在所做的更改不会保存。</translation>
    </message>
    <message>
        <source>The settings file was damaged; the last good copy from {when} is in use.</source>
        <translation>设置文件已损坏，正在使用 {when} 的最近一份完好副本。</translation>
    </message>
    <message>
        <source>The settings file was damaged and no good copy was found. Safelight starts with its defaults; the damaged file is kept as {file}.</source>
        <translation>设置文件已损坏，也没有找到完好的副本。Safelight 以默认设置启动；损坏的文件保留为 {file}。</translation>
    </message>
    <message>
        <source>Some settings could not be understood and are at their defaults: {names}.</source>
        <translation>有些设置无法识别，已使用默认值：{names}。</translation>
    </message>
    <message>
        <source>What you typed last was written by a newer Safelight. It is left as it is; what you type now is not kept.</source>
        <translation>您上次输入的内容由更新版本的 Safelight 写入，已原样保留；现在输入的内容不会保存。</translation>
    </message>
    <message>
        <source>The file with what you typed last was damaged; the last good copy from {when} is in use.</source>
        <translation>保存上次输入内容的文件已损坏，正在使用 {when} 的最近一份完好副本。</translation>
    </message>
    <message>
        <source>The file with what you typed last was damaged and no good copy was found. The damaged file is kept as {file}.</source>
        <translation>保存上次输入内容的文件已损坏，也没有找到完好的副本。损坏的文件保留为 {file}。</translation>
    </message>
    <message>
        <source>Some of what you left last time could not be understood: {names}.</source>
        <translation>上次留下的部分内容无法识别：{names}。</translation>
    </message>
    <message>
        <source>The steps of this run can no longer be saved in {folder}: {problem}. The run continues; if it is interrupted, it can be resumed from the last saved step only.</source>
        <translation>这次生成的步骤无法再保存到 {folder}：{problem}。生成会继续；如果中断，只能从最后保存的步骤恢复。</translation>
    </message>
    <message>
        <source>Another Safelight is making this picture. Wait until it is done, or stop it there.</source>
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
        <source>The run that this one branches from is missing or damaged. You can view the branch&apos;s own steps, but it can&apos;t be resumed.</source>
        <translation>这次生成是一个分支，它的源头已不存在或已损坏。可以查看分支自己的步骤，但无法继续生成。</translation>
    </message>
    <message>
        <source>Step {step} is damaged or missing on disk. Resume from an earlier step, or generate the picture again.</source>
        <translation>第 {step} 步已损坏，或已不在磁盘上。请从更早的步骤继续，或重新生成这张图片。</translation>
    </message>
    <message>
        <source>The recording {file} cannot be read: {problem}.</source>
        <translation>无法读取记录 {file}：{problem}。</translation>
    </message>
    <message>
        <source>The recording {file} cannot be deleted: {problem}.</source>
        <translation>无法删除记录 {file}：{problem}。</translation>
    </message>
    <message>
        <source>The model “{model}” is gone or damaged, so this run cannot be gone on with after step {step}, nor its steps be decoded in full. They can still be seen as they were shown.</source>
        <translation>模型“{model}”已不存在或已损坏，因此这次生成无法从第 {step} 步继续，各步也无法完整解码。但仍可按当时的显示查看。</translation>
    </message>
    <message>
        <source>The model “{model}” is not the one that this run began with, so it cannot be gone on with, nor its steps be decoded in full. They can still be seen as they were shown.</source>
        <translation>模型“{model}”已不是这次生成开始时的那个，因此无法继续，各步也无法完整解码。但仍可按当时的显示查看。</translation>
    </message>
    <message>
        <source>This run began with other arithmetic ({before}) than this computer now works with ({now}), so it cannot be gone on with. Its steps can still be seen.</source>
        <translation>这次生成开始时的运算方式（{before}）与这台电脑现在的（{now}）不同，因此无法继续。各步仍可查看。</translation>
    </message>
    <message>
        <source>its weights and its configuration do not fit together</source>
        <translation>它的权重与配置不匹配</translation>
    </message>
    <message>
        <source>The classic: no chance after the first noise, every step a small, even one.</source>
        <translation>经典方法：除起始噪声外没有随机性，每一步都小而均匀。</translation>
    </message>
    <message>
        <source>The original: adds fresh noise at every step. Wants many steps.</source>
        <translation>最初的方法：每一步都加入新的噪声，需要较多步数。</translation>
    </message>
    <message>
        <source>One straight line per step. Simple, quick and dependable.</source>
        <translation>每一步走一条直线，简单、快速、可靠。</translation>
    </message>
    <message>
        <source>Euler with fresh noise at every step: lively, and another picture for every number of steps.</source>
        <translation>每一步都加入新噪声的 Euler：富于变化，步数不同画面也不同。</translation>
    </message>
    <message>
        <source>Learns from the step before: good pictures after 20 to 30 steps.</source>
        <translation>借助上一步的结果：20 到 30 步就有好图。</translation>
    </message>
    <message>
        <source>DPM++ 2M with more of its steps where detail forms.</source>
        <translation>把更多步数用在细节成形阶段的 DPM++ 2M。</translation>
    </message>
    <message>
        <source>DPM++ 2M with fresh noise at every step: richer detail, wants a few more steps.</source>
        <translation>每一步都加入新噪声的 DPM++ 2M：细节更丰富，需要稍多几步。</translation>
    </message>
    <message>
        <source>Predicts, then corrects itself: good pictures after as few as 10 to 20 steps.</source>
        <translation>先预测，再校正：只需 10 到 20 步就有好图。</translation>
    </message>
    <message>
        <source>Stable Diffusion&apos;s first default. Takes its second step twice, so 50 steps are 51 calls.</source>
        <translation>Stable Diffusion 最早的默认采样器。第二步走两次，因此 50 步要调用 51 次。</translation>
    </message>
    <message>
        <source>Draws its line through the last four steps.</source>
        <translation>根据最近四步的走势前进。</translation>
    </message>
    <message>
        <source>Looks ahead and corrects every step: twice the time, so 50 steps are 99 calls.</source>
        <translation>每一步都先试探再校正：用时加倍，50 步要调用 99 次。</translation>
    </message>
    <message>
        <source>For models distilled to need only 4 to 8 steps.</source>
        <translation>用于经过蒸馏、只需 4 到 8 步的模型。</translation>
    </message>
    <message>
        <source>it works only with models that were distilled for it</source>
        <translation>它只适用于专为它蒸馏过的模型</translation>
    </message>
    <message>
        <source>it cannot start from pure noise, as this model does</source>
        <translation>此模型从纯噪声开始，而它做不到</translation>
    </message>
    <message>
        <source>it does not understand what this model predicts</source>
        <translation>它不理解此模型的预测方式</translation>
    </message>
    <message>
        <source>it is not there</source>
        <translation>它不存在</translation>
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
        <source>it is damaged, or not a PNG, JPEG or WebP picture</source>
        <translation>它已损坏，或不是 PNG、JPEG 或 WebP 图片</translation>
    </message>
    <message>
        <source>you may not write there</source>
        <translation>您没有写入权限</translation>
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
        <source>it is read-only</source>
        <translation>它是只读的</translation>
    </message>
    <message>
        <source>the disk reports an error</source>
        <translation>磁盘报告了错误</translation>
    </message>
    <message>
        <source>the name is too long for it</source>
        <translation>名称太长</translation>
    </message>
    <message>
        <source>is missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>makes no sense</source>
        <translation>内容不合理</translation>
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
        <source>Landscape 4:3</source>
        <translation>横幅 4:3</translation>
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
        <source>lacks something that every model has</source>
        <translation>缺少每个模型都应有的内容</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>无法读取</translation>
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
        <source>is not a kind of file that belongs to a model</source>
        <translation>不是模型应有的文件类型</translation>
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
        <source>archives can hide code</source>
        <translation>压缩包里可能藏有代码</translation>
    </message>
    <message>
        <source>it names code to fetch or to run</source>
        <translation>它指定了要下载或运行的代码</translation>
    </message>
    <message>
        <source>One picture is opened at a time; this is {file}.</source>
        <translation>一次只打开一张图片；现在打开的是 {file}。</translation>
    </message>
    <message>
        <source>The recipe of {file} is restored, except for: {lost}.</source>
        <translation>已恢复 {file} 的配方，以下内容除外：{lost}。</translation>
    </message>
    <message>
        <source>The recipe of {file} is restored.</source>
        <translation>已恢复 {file} 的配方。</translation>
    </message>
    <message>
        <source>Step {step} is saved as soon as the picture at work is done.</source>
        <translation>正在生成的图片完成后，就会保存第 {step} 步。</translation>
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
        <source>The memory is free as soon as the run at work ends or pauses.</source>
        <translation>正在进行的生成结束或暂停后，就会释放内存。</translation>
    </message>
    <message>
        <source>The memory of the model is free; the next picture loads it again.</source>
        <translation>模型占用的内存已释放；生成下一张图片时会重新加载。</translation>
    </message>
    <message>
        <source>Try anyway</source>
        <translation>仍然尝试</translation>
    </message>
    <message>
        <source>{file} could not be moved to the trash. Delete it in its folder.</source>
        <translation>{file} 无法移到回收站。请在文件夹中删除它。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>{file} is in the trash.</source>
        <translation>{file} 已移到回收站。</translation>
    </message>
    <message>
        <source>{file} could not be brought back: {problem}. It is still in the trash.</source>
        <translation>{file} 无法恢复：{problem}。它仍在回收站中。</translation>
    </message>
    <message>
        <source>About Safelight</source>
        <translation>关于 Safelight</translation>
    </message>
    <message>
        <source>Watch a picture develop, steer it, keep every step. Everything happens on this computer.</source>
        <translation>看着图片显影，随时引导，保留每一步。一切都在这台电脑上进行。</translation>
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
        <source>The work of others that ships with Safelight, and its licences.</source>
        <translation>随 Safelight 一起提供的他人作品及其许可证。</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详情</translation>
    </message>
    <message>
        <source>Copies the versions, for a report of a problem.</source>
        <translation>复制各个版本号，便于报告问题。</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Shows the folder with Safelight&apos;s log file.</source>
        <translation>显示 Safelight 日志文件所在的文件夹。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Closes this window.</source>
        <translation>关闭此窗口。</translation>
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
        <source>Beside it: {what}. Alt+← and Alt+→ move the line between them.</source>
        <translation>并排显示：{what}。Alt+← 和 Alt+→ 移动两者之间的分界线。</translation>
    </message>
    <message>
        <source>Beside it: {what}.</source>
        <translation>并排显示：{what}。</translation>
    </message>
    <message>
        <source>By turns with: {what}. Enter shows the other one.</source>
        <translation>轮流显示：{what}。按 Enter 切换到另一张。</translation>
    </message>
    <message>
        <source>Describe a picture and press Generate: here you watch it develop, step by step.</source>
        <translation>描述一张图片，然后按“生成”：您可以在这里看着它一步步显影。</translation>
    </message>
    <message>
        <source>This view of the step cannot be made.</source>
        <translation>这一步无法做出这种视图。</translation>
    </message>
    <message>
        <source>Previews are off. The picture appears at the end.</source>
        <translation>预览已关闭。图片会在最后显示。</translation>
    </message>
    <message>
        <source>Being worked out…</source>
        <translation>正在计算…</translation>
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
        <source>Waits for its turn.</source>
        <translation>等待轮到它。</translation>
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
        <source>This run ended before its first step.</source>
        <translation>这次生成在第一步之前就结束了。</translation>
    </message>
    <message>
        <source>The finished picture</source>
        <translation>完成的图片</translation>
    </message>
    <message>
        <source>{view} · cannot be made of this step: the noise stands in</source>
        <translation>{view} · 这一步无法做出：以噪声代替</translation>
    </message>
    <message>
        <source>{view} · cannot be made of this step: the estimate stands in</source>
        <translation>{view} · 这一步无法做出：以估计代替</translation>
    </message>
    <message>
        <source>{view} · comes with the next step: the noise stands in</source>
        <translation>{view} · 下一步时显示：暂以噪声代替</translation>
    </message>
    <message>
        <source>{view} · comes with the next step: the estimate stands in</source>
        <translation>{view} · 下一步时显示：暂以估计代替</translation>
    </message>
    <message>
        <source>{view} · shown when the machine is free: the noise stands in</source>
        <translation>{view} · 机器空闲时显示：暂以噪声代替</translation>
    </message>
    <message>
        <source>{view} · shown when the machine is free: the estimate stands in</source>
        <translation>{view} · 机器空闲时显示：暂以估计代替</translation>
    </message>
    <message>
        <source>{view} · being worked out…</source>
        <translation>{view} · 正在计算…</translation>
    </message>
    <message>
        <source>step {number} · {what}</source>
        <translation>第 {number} 步 · {what}</translation>
    </message>
    <message>
        <source>{what} (a click or Enter shows the other one)</source>
        <translation>{what}（单击或按 Enter 显示另一张）</translation>
    </message>
    <message>
        <source>approximate preview</source>
        <translation>近似预览</translation>
    </message>
    <message>
        <source>The picture at the step you look at. Wheel or + and − zoom, 0 fits it, 1 shows it pixel by pixel, ← and → change the step, V shows the values under the pointer, Alt+Shift and the arrows move on from there.</source>
        <translation>您正在查看的这一步的图片。滚轮或 + 和 − 缩放，0 适合窗口，1 逐像素显示，← 和 → 换步，V 显示指针处的数值，Alt+Shift 加方向键从那里移动。</translation>
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
        <source>Fit</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <source>For example</source>
        <translation>例如</translation>
    </message>
    <message>
        <source>Puts this prompt into the field: {prompt}</source>
        <translation>把这条提示词填入输入框：{prompt}</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Every step of the run, from the starting noise to the picture. Click, drag or press ← and → to view a step, Shift+click to pause after it.</source>
        <translation>这次生成的每一步，从起始噪声到成图。单击、拖动或按 ← 和 → 查看一步，Shift+单击可在该步之后暂停。</translation>
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
        <source>Noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>Open a picture and its recipe</source>
        <translation>打开图片及其配方</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Open a model folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>Save the picture as</source>
        <translation>图片另存为</translation>
    </message>
    <message>
        <source>A picture is still developing.</source>
        <translation>有一张图片还在生成。</translation>
    </message>
    <message>
        <source>Finish, then close</source>
        <translation>完成后关闭</translation>
    </message>
    <message>
        <source>Keep open</source>
        <translation>不关闭</translation>
    </message>
    <message>
        <source>There are pictures that could not be saved yet.</source>
        <translation>有图片还没能保存。</translation>
    </message>
    <message>
        <source>They are kept in memory only. Keep the window open to save them somewhere else, or close without them?</source>
        <translation>它们只保存在内存中。要保持窗口打开以便另存到别处，还是放弃它们并关闭？</translation>
    </message>
    <message>
        <source>Close without them</source>
        <translation>放弃并关闭</translation>
    </message>
    <message>
        <source>Open picture…</source>
        <translation>打开图片…</translation>
    </message>
    <message>
        <source>Open a picture and take over its recipe.</source>
        <translation>打开一张图片并沿用它的配方。</translation>
    </message>
    <message>
        <source>Open model folder…</source>
        <translation>打开模型文件夹…</translation>
    </message>
    <message>
        <source>Use a model on this computer, in diffusers layout.</source>
        <translation>使用这台电脑上 diffusers 格式的模型。</translation>
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
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>{arrived} of {count} seeds</source>
        <translation>种子 {arrived} / {count}</translation>
    </message>
    <message>
        <source>Finish it in the background and close then, pause it and go on at the next start, or drop it? What is up next is kept.</source>
        <translation>在后台完成后关闭、暂停并在下次启动时继续，还是放弃它？队列会保留。</translation>
    </message>
    <message>
        <source>Pause and close</source>
        <translation>暂停并关闭</translation>
    </message>
    <message>
        <source>Drop it and close</source>
        <translation>放弃并关闭</translation>
    </message>
    <message>
        <source>Save what is on the canvas, fully decoded, where you choose.</source>
        <translation>把画布上的内容完整解码，保存到您选择的位置。</translation>
    </message>
    <message>
        <source>Copy what is on the canvas.</source>
        <translation>复制画布上的内容。</translation>
    </message>
    <message>
        <source>Export the development…</source>
        <translation>导出形成过程…</translation>
    </message>
    <message>
        <source>Make an animation, a video or a contact sheet of how the picture developed.</source>
        <translation>把图片的形成过程做成动画、视频或小样张。</translation>
    </message>
    <message>
        <source>Branch from this step…</source>
        <translation>从这一步分支…</translation>
    </message>
    <message>
        <source>Keep the steps up to the one you look at, and make the rest anew in another way.</source>
        <translation>保留到您所看的这一步为止的步骤，其余用另一种方式重新生成。</translation>
    </message>
    <message>
        <source>Refine…</source>
        <translation>精修…</translation>
    </message>
    <message>
        <source>Give the finished picture the noise of this step again, and develop it once more from there.</source>
        <translation>让完成的图片重新带上这一步的噪声，再从那里显影一次。</translation>
    </message>
    <message>
        <source>Many seeds, first steps…</source>
        <translation>多种子试跑…</translation>
    </message>
    <message>
        <source>Make the first steps of several pictures, and finish those that you choose.</source>
        <translation>先生成几张图片的前几步，再完成您选中的。</translation>
    </message>
    <message>
        <source>Choose among the seeds</source>
        <translation>挑选种子</translation>
    </message>
    <message>
        <source>Go back to the pictures whose first steps wait for your choice.</source>
        <translation>回到那些前几步已完成、等您挑选的图片。</translation>
    </message>
    <message>
        <source>Twin run…</source>
        <translation>双图对照…</translation>
    </message>
    <message>
        <source>Make two pictures that differ in one thing, step by step together.</source>
        <translation>生成只有一处不同的两张图片，一步一步同时进行。</translation>
    </message>
    <message>
        <source>Free memory</source>
        <translation>释放内存</translation>
    </message>
    <message>
        <source>Let go of the model; the next picture loads it again.</source>
        <translation>放下模型；生成下一张图片时会重新加载。</translation>
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
        <source>Step panel</source>
        <translation>步骤面板</translation>
    </message>
    <message>
        <source>Show or hide what is known about the step.</source>
        <translation>显示或隐藏这一步的信息。</translation>
    </message>
    <message>
        <source>Show or hide the strip of all steps.</source>
        <translation>显示或隐藏所有步骤的胶片条。</translation>
    </message>
    <message>
        <source>Recent pictures</source>
        <translation>最近的图片</translation>
    </message>
    <message>
        <source>The newest pictures first. Enter shows one, Delete moves it to the trash.</source>
        <translation>最新的图片在前。Enter 查看，Delete 移到回收站。</translation>
    </message>
    <message>
        <source>Your pictures appear here.</source>
        <translation>你的图片会显示在这里。</translation>
    </message>
    <message>
        <source>Not saved yet, only in memory</source>
        <translation>尚未保存，仅在内存中</translation>
    </message>
    <message>
        <source>Show or hide the pictures made last.</source>
        <translation>显示或隐藏最近生成的图片。</translation>
    </message>
    <message>
        <source>Captions</source>
        <translation>字幕</translation>
    </message>
    <message>
        <source>Show or hide the line that says what happens in the step.</source>
        <translation>显示或隐藏说明这一步发生了什么的那一行。</translation>
    </message>
    <message>
        <source>Show or hide the numbers of the latents where the pointer is.</source>
        <translation>显示或隐藏指针所在处潜变量的数值。</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>The canvas and its timeline alone.</source>
        <translation>只显示画布和时间线。</translation>
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
        <source>Version, keyboard and licences.</source>
        <translation>版本、键盘和许可证。</translation>
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
        <source>Starter</source>
        <translation>入门模型</translation>
    </message>
    <message>
        <source>{sampler} does not fit this model; {other} is chosen.</source>
        <translation>{sampler} 不适用于此模型，已改用 {other}。</translation>
    </message>
    <message>
        <source>Does not fit this model: {reason}.</source>
        <translation>不适用于此模型：{reason}。</translation>
    </message>
    <message>
        <source>How the noise is taken away, step by step.</source>
        <translation>噪声如何一步步去除。</translation>
    </message>
    <message>
        <source>Tokens: the model does not read the words that are greyed.</source>
        <translation>词元：模型不会读取变灰的文字。</translation>
    </message>
    <message>
        <source>Tokens: the pieces of words that the model reads, and how many it can read.</source>
        <translation>词元：模型读取的词语片段，以及最多能读取多少。</translation>
    </message>
    <message>
        <source>This model was not taught Chinese; an English prompt works better.</source>
        <translation>此模型没有学过中文，用英文提示词效果更好。</translation>
    </message>
    <message>
        <source>Trained at {side} × {side}: others fall apart sooner.</source>
        <translation>训练尺寸为 {side} × {side}：其他尺寸更容易画散。</translation>
    </message>
    <message>
        <source>Add to Up next</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Makes this picture after those that are up next.</source>
        <translation>排在队列中的图片之后生成。</translation>
    </message>
    <message>
        <source>Makes the picture; every step of it can be watched.</source>
        <translation>生成图片，每一步都能看到。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stops at once (Esc); the steps so far stay.</source>
        <translation>立即停止 (Esc)；已完成的步骤会保留。</translation>
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
        <source>Negative prompt</source>
        <translation>反向提示词</translation>
    </message>
    <message>
        <source>What the picture is steered away from.</source>
        <translation>图片要避开的内容。</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>What draws: each model knows other subjects and styles.</source>
        <translation>由它来画：每个模型熟悉的题材和风格不同。</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Width × height in pixels: choose one, or type another.</source>
        <translation>宽 × 高（像素）：选择一个，或自行输入。</translation>
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
        <source>In how many steps the noise is taken away; more take longer and can show more detail.</source>
        <translation>分多少步去除噪声；步数越多用时越长，细节也可能更多。</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>引导强度</translation>
    </message>
    <message>
        <source>How strongly the picture is pulled towards the prompt; 1 adds nothing, very high looks harsh.</source>
        <translation>提示词对图片的牵引有多强；1 表示不加引导，过高会显得生硬。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Picks the starting noise: the same seed and settings give the same picture again.</source>
        <translation>决定起始噪声：相同的种子和设置会得到相同的图片。</translation>
    </message>
    <message>
        <source>Pictures</source>
        <comment>how many</comment>
        <translation>张数</translation>
    </message>
    <message>
        <source>How many pictures one press makes, each with the next seed.</source>
        <translation>每按一次“生成”制作多少张图片；种子依次加一。</translation>
    </message>
    <message>
        <source>Surprise me</source>
        <translation>给我惊喜</translation>
    </message>
    <message>
        <source>Writes a prompt from this model&apos;s world ({keys}); undo brings yours back.</source>
        <translation>写入一条这个模型所学世界里的提示词（{keys}）；撤销即可找回您的文字。</translation>
    </message>
    <message>
        <source>More ways to make it</source>
        <translation>更多生成方式</translation>
    </message>
    <message>
        <source>Begin many seeds and choose among them, or make two pictures that differ in one thing.</source>
        <translation>用多个种子起步再挑选，或者生成只有一处不同的两张图片。</translation>
    </message>
    <message>
        <source>Describe a picture</source>
        <translation>描述一张图片</translation>
    </message>
    <message>
        <source>What should not be in it</source>
        <translation>不想出现的内容</translation>
    </message>
    <message>
        <source>There is no run to branch from yet. Generate a picture first.</source>
        <translation>还没有可以分支的生成。请先生成一张图片。</translation>
    </message>
    <message>
        <source>The steps of this picture are no longer there. Generate it again to branch from one.</source>
        <translation>这张图片的步骤已不在了。请重新生成它，再从某一步分支。</translation>
    </message>
    <message>
        <source>The run has not begun yet. Wait for its first step.</source>
        <translation>这次生成还没有开始。请等待第一步。</translation>
    </message>
    <message>
        <source>As it was</source>
        <translation>保持原样</translation>
    </message>
    <message>
        <source>{sampler} adds none</source>
        <translation>{sampler} 不加噪声</translation>
    </message>
    <message>
        <source>Noise of the remaining steps</source>
        <translation>剩余步骤的噪声</translation>
    </message>
    <message>
        <source>Draws the noise that the sampler adds in the remaining steps anew from this number; empty leaves it as it was.</source>
        <translation>用这个数字重新抽取采样器在剩余步骤中加入的噪声；留空则保持原样。</translation>
    </message>
    <message>
        <source>of {steps}</source>
        <translation>共 {steps} 步</translation>
    </message>
    <message>
        <source>The finished picture gets the noise of step {number} again, and is developed once more from there. Early steps change much, late ones little.</source>
        <translation>完成的图片会重新带上第 {number} 步的噪声，再从那里显影一次。步骤越早变化越大，越晚变化越小。</translation>
    </message>
    <message>
        <source>Keeps the steps so far, makes the rest anew. The run at work waits meanwhile.</source>
        <translation>保留已有步骤，其余重新生成。正在进行的生成会等待。</translation>
    </message>
    <message>
        <source>Keeps the steps so far, makes the rest anew.</source>
        <translation>保留已有步骤，其余重新生成。</translation>
    </message>
    <message>
        <source>Changed: {changes}</source>
        <translation>已改：{changes}</translation>
    </message>
    <message>
        <source>Nothing is changed, but the refinement that begins here is left out.</source>
        <translation>没有改动，但从这里开始的精修会被去掉。</translation>
    </message>
    <message>
        <source>Nothing is changed. This step lies before the branching point, so it will be the parent&apos;s picture.</source>
        <translation>没有改动。这一步在分支点之前，因此会得到源头的图片。</translation>
    </message>
    <message>
        <source>Nothing is changed: the branch will be the same picture.</source>
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
        <source>Keep the steps so far, and go on otherwise.</source>
        <translation>保留已有步骤，换一种方式继续。</translation>
    </message>
    <message>
        <source>Give the finished picture noise again, and develop it once more.</source>
        <translation>让完成的图片重新带上噪声，再显影一次。</translation>
    </message>
    <message>
        <source>From step</source>
        <translation>从第几步</translation>
    </message>
    <message>
        <source>The last step that is kept: type it, or move the playhead of the timeline.</source>
        <translation>保留的最后一步：直接输入，或移动时间线的播放头。</translation>
    </message>
    <message>
        <source>What the picture shows from here on.</source>
        <translation>从这里起图片要表现的内容。</translation>
    </message>
    <message>
        <source>What the picture is steered away from, from here on.</source>
        <translation>从这里起图片要避开的内容。</translation>
    </message>
    <message>
        <source>How the noise is taken away in the remaining steps.</source>
        <translation>剩余步骤中噪声如何去除。</translation>
    </message>
    <message>
        <source>How strongly the picture is pulled towards the prompt from here on.</source>
        <translation>从这里起图片被拉向提示词的强度。</translation>
    </message>
    <message>
        <source>Seed of the new noise</source>
        <translation>新噪声的种子</translation>
    </message>
    <message>
        <source>Picks the noise that the picture is given: another number, another variation.</source>
        <translation>决定图片得到什么噪声：换一个数字，就是另一种变化。</translation>
    </message>
    <message>
        <source>Take back: {setting}</source>
        <translation>撤回：{setting}</translation>
    </message>
    <message>
        <source>This is changed; brings back what the run has.</source>
        <translation>此项已改；点按可恢复原来的值。</translation>
    </message>
    <message>
        <source>Develops the picture once more, as a branch of its own.</source>
        <translation>把图片再显影一次，成为一个独立的分支。</translation>
    </message>
    <message>
        <source>Makes the remaining steps anew, as a branch of its own.</source>
        <translation>重新生成剩余步骤，成为一个独立的分支。</translation>
    </message>
    <message>
        <source>Back to the prompt; what was changed here is kept (Esc).</source>
        <translation>回到提示词；这里的改动会保留 (Esc)。</translation>
    </message>
    <message>
        <source>By chance</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>Random seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Rolls another seed.</source>
        <translation>换一个随机种子。</translation>
    </message>
    <message>
        <source>the prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>the negative prompt</source>
        <translation>反向提示词</translation>
    </message>
    <message>
        <source>sampler {before} → {after}</source>
        <translation>采样器 {before} → {after}</translation>
    </message>
    <message>
        <source>guidance {before} → {after}</source>
        <translation>引导强度 {before} → {after}</translation>
    </message>
    <message>
        <source>noise seed</source>
        <translation>噪声种子</translation>
    </message>
    <message>
        <source>Keep the seed</source>
        <translation>固定种子</translation>
    </message>
    <message>
        <source>The seed is kept for the next picture too.</source>
        <translation>下一张图片也使用这个种子。</translation>
    </message>
    <message>
        <source>After each Generate another seed is rolled; lock to keep this one.</source>
        <translation>每次生成后都会换一个种子；锁定可保留当前种子。</translation>
    </message>
    <message>
        <source>Recordings use {used} MB of {limit} MB; pinned ones are never let go.</source>
        <translation>记录占用 {used} MB，上限 {limit} MB；已固定的不会被清除。</translation>
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
        <source>Their steps can then no longer be looked at or gone on from. The pictures stay, and so do the recordings of what is shown, being made or up next.</source>
        <translation>之后就不能再查看这些步骤，也不能从它们继续。图片会保留；正在显示、正在生成和队列中的记录也会保留。</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>保留它们</translation>
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
        <source>As the system</source>
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
        <source>Which language the window speaks.</source>
        <translation>窗口使用的语言。</translation>
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
        <source>Whether things move when they change.</source>
        <translation>界面变化时是否有动画。</translation>
    </message>
    <message>
        <source>Previews</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>How each step is shown while a picture develops: not at all, at almost no cost, or as sharp as can be.</source>
        <translation>生成过程中如何显示每一步：不显示、几乎不花时间，或尽可能清晰。</translation>
    </message>
    <message>
        <source>One line over the steps that says what happens in the one you look at.</source>
        <translation>步骤上方的一行，说明您所看的这一步发生了什么。</translation>
    </message>
    <message>
        <source>Pictures folder</source>
        <translation>图片文件夹</translation>
    </message>
    <message>
        <source>Every finished picture is saved here, in a folder per day.</source>
        <translation>每张完成的图片都按日期保存在这里。</translation>
    </message>
    <message>
        <source>File names</source>
        <translation>文件名</translation>
    </message>
    <message>
        <source>How pictures are called; words in braces are filled in.</source>
        <translation>图片的命名方式；花括号中的词会被替换。</translation>
    </message>
    <message>
        <source>Memory for steps</source>
        <translation>步骤占用内存</translation>
    </message>
    <message>
        <source>How much memory the steps of recent pictures may take, so that they can be looked at again.</source>
        <translation>最近图片的步骤最多可占用多少内存，以便再次查看。</translation>
    </message>
    <message>
        <source>How much of the disk the recordings of runs may take; the oldest are let go first.</source>
        <translation>各次生成的记录最多可占用多少磁盘；最旧的先清除。</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Chooses another folder; pictures that are saved already stay where they are.</source>
        <translation>选择其他文件夹；已保存的图片不会移动。</translation>
    </message>
    <message>
        <source>Usual folder</source>
        <translation>默认文件夹</translation>
    </message>
    <message>
        <source>Goes back to Safelight&apos;s folder among your pictures.</source>
        <translation>恢复使用“图片”中的 Safelight 文件夹。</translation>
    </message>
    <message>
        <source>Delete all that are not pinned…</source>
        <translation>删除所有未固定的…</translation>
    </message>
    <message>
        <source>Deletes the recordings of earlier runs, after a question; the pictures stay.</source>
        <translation>询问之后删除以往生成的记录；图片会保留。</translation>
    </message>
    <message>
        <source>Closes this window; everything is in effect already.</source>
        <translation>关闭此窗口；所有更改都已生效。</translation>
    </message>
    <message>
        <source>Type a size like 512 × 768.</source>
        <translation>请输入形如 512 × 768 的尺寸。</translation>
    </message>
    <message>
        <source>Sides are multiples of {multiple} from {least} to {most}; this is the nearest size.</source>
        <translation>边长须为 {multiple} 的倍数，从 {least} 到 {most}；这是最接近的尺寸。</translation>
    </message>
    <message>
        <source>Timestep</source>
        <translation>时间步</translation>
    </message>
    <message>
        <source>The noise level that the UNet was told for this step, from 999, the noisiest, down to 0.</source>
        <translation>这一步告诉 UNet 的噪声程度：999 噪声最强，0 最弱。</translation>
    </message>
    <message>
        <source>Sigma: how strong the noise is beside the picture after this step; at 1 both are equally strong, 0 is no noise.</source>
        <translation>Sigma：这一步之后噪声相对于画面的强度；1 表示两者一样强，0 表示没有噪声。</translation>
    </message>
    <message>
        <source>Alpha bar: how much of the mix is picture after this step, as a share of its power; 0 is pure noise, 1 the clean picture.</source>
        <translation>Alpha bar：这一步之后画面在混合信号功率中所占的比例；0 是纯噪声，1 是干净的画面。</translation>
    </message>
    <message>
        <source>log SNR</source>
        <translation>log SNR</translation>
    </message>
    <message>
        <source>Logarithm of signal to noise, ln(ᾱ / (1 − ᾱ)): below 0 the noise outweighs the picture, −∞ is pure noise.</source>
        <translation>信噪比的对数 ln(ᾱ / (1 − ᾱ))：小于 0 时噪声强于画面，−∞ 是纯噪声。</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>How much of the estimate is new in this step.</source>
        <translation>估计中有多少是这一步新出现的。</translation>
    </message>
    <message>
        <source>Guidance moves</source>
        <translation>引导改变</translation>
    </message>
    <message>
        <source>How far guidance has moved the estimate in this step.</source>
        <translation>引导在这一步把估计移动了多远。</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>How long this step took, without the preview.</source>
        <translation>这一步用了多久，不含预览。</translation>
    </message>
    <message>
        <source>The method that takes the noise away, step by step.</source>
        <translation>一步步去除噪声的方法。</translation>
    </message>
    <message>
        <source>The number that the starting noise was drawn from.</source>
        <translation>生成起始噪声所用的数字。</translation>
    </message>
    <message>
        <source>Width and height of the picture in pixels.</source>
        <translation>图片的宽和高（像素）。</translation>
    </message>
    <message>
        <source>How strictly the picture follows the prompt.</source>
        <translation>图片遵循提示词的严格程度。</translation>
    </message>
    <message>
        <source>Text encoder</source>
        <translation>文本编码器</translation>
    </message>
    <message>
        <source>UNet</source>
        <translation>UNet</translation>
    </message>
    <message>
        <source>Decoder</source>
        <translation>解码器</translation>
    </message>
    <message>
        <source>Turns the words of the prompt into numbers that guide the UNet; it runs once, at the start.</source>
        <translation>把提示词变成引导 UNet 的数字；只在开始时运行一次。</translation>
    </message>
    <message>
        <source>Estimates at every step what in the latents is noise, so that some of it can be taken away.</source>
        <translation>在每一步估计潜变量中哪些是噪声，以便去除其中一部分。</translation>
    </message>
    <message>
        <source>Turns the finished latents, a small compressed form of the picture, into pixels; it runs once, at the end.</source>
        <translation>把完成的潜变量（图片的压缩形式）变成像素；只在最后运行一次。</translation>
    </message>
    <message>
        <source>From the next run on, nothing is decoded before the end; the steps are recorded all the same.</source>
        <translation>从下一次生成起，结束前不解码任何内容；步骤照常记录。</translation>
    </message>
    <message>
        <source>From the next run on, every step is shown by the best decoder that costs next to nothing.</source>
        <translation>从下一次生成起，用几乎不花时间的最佳解码器显示每一步。</translation>
    </message>
    <message>
        <source>From the next run on, every step is shown as sharp as can be, whatever that costs.</source>
        <translation>从下一次生成起，尽可能清晰地显示每一步，不计用时。</translation>
    </message>
    <message>
        <source>Previews: {choice}</source>
        <translation>预览：{choice}</translation>
    </message>
    <message>
        <source>What the previews cost in this run: their share of a step&apos;s time, and the time itself, as medians.</source>
        <translation>这次生成中预览的开销：占每步用时的比例和时间，均为中位数。</translation>
    </message>
    <message>
        <source>Time until the last step, at the present pace.</source>
        <translation>按目前的速度，到最后一步还需的时间。</translation>
    </message>
    <message>
        <source>slower than before</source>
        <translation>比之前慢</translation>
    </message>
    <message>
        <source>Beyond the model&apos;s limit and not read: {words}</source>
        <translation>超出模型上限、未被读取：{words}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>Each step takes some of the noise away. Here you read how far it is.</source>
        <translation>每一步去除一部分噪声。这里显示当前进度。</translation>
    </message>
    <message>
        <source>A finished picture; there is no recording of its steps.</source>
        <translation>一张完成的图片；没有它的步骤记录。</translation>
    </message>
    <message>
        <source>There are no steps to look at.</source>
        <translation>没有可查看的步骤。</translation>
    </message>
    <message>
        <source>Nearly all is noise. What the UNet makes out in it is still vague.</source>
        <translation>几乎全是噪声。UNet 从中看出的还很模糊。</translation>
    </message>
    <message>
        <source>There is more noise than picture. Each step takes some of the noise away.</source>
        <translation>噪声多于画面。每一步去除一部分噪声。</translation>
    </message>
    <message>
        <source>Noise and picture are about equally strong.</source>
        <translation>噪声与画面差不多一样强。</translation>
    </message>
    <message>
        <source>There is more picture than noise.</source>
        <translation>画面多于噪声。</translation>
    </message>
    <message>
        <source>Little noise is left, so little can still change.</source>
        <translation>噪声所剩无几，能改变的也不多了。</translation>
    </message>
    <message>
        <source>The numbers of this step are damaged on the disk.</source>
        <translation>这一步的数据在磁盘上已损坏。</translation>
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
        <source>Paused at step {step} of {steps}.</source>
        <translation>暂停在第 {step} 步，共 {steps} 步。</translation>
    </message>
    <message>
        <source>Paused at step {step} of {steps}; go on with Space.</source>
        <translation>暂停在第 {step} 步，共 {steps} 步；按空格键继续。</translation>
    </message>
    <message>
        <source>Stopped at step {step}.</source>
        <translation>在第 {step} 步停止。</translation>
    </message>
    <message>
        <source>Ended early, at step {step}.</source>
        <translation>在第 {step} 步提前结束。</translation>
    </message>
    <message>
        <source>What happens in the step you look at, measured in this run.</source>
        <translation>您所看的这一步发生了什么，均为这次生成中的实测。</translation>
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
        <source>Waiting for the disk that records the steps</source>
        <translation>正在等待记录步骤的磁盘</translation>
    </message>
    <message>
        <source>The UNet is at work</source>
        <translation>UNet 正在工作</translation>
    </message>
    <message>
        <source>Getting ready: libraries are loading, once after each start.</source>
        <translation>正在准备：加载程序库，每次启动只需一次。</translation>
    </message>
    <message>
        <source>The model is being read from the disk into memory.</source>
        <translation>正在把模型从磁盘读入内存。</translation>
    </message>
    <message>
        <source>The text encoder turns your words into numbers that guide the UNet.</source>
        <translation>文本编码器把您的文字变成引导 UNet 的数字。</translation>
    </message>
    <message>
        <source>The UNet estimates what is noise, so that some of it can be taken away.</source>
        <translation>UNet 估计哪些是噪声，以便去除其中一部分。</translation>
    </message>
    <message>
        <source>The latents are finished; the decoder turns them into the picture.</source>
        <translation>潜变量已完成，解码器正把它变成图片。</translation>
    </message>
    <message>
        <source>The picture is finished and is being saved.</source>
        <translation>图片已完成，正在保存。</translation>
    </message>
    <message>
        <source>Pure noise, drawn from the seed: nothing of the picture is there yet</source>
        <translation>由种子抽取的纯噪声：还没有任何画面</translation>
    </message>
    <message>
        <source>The last of the noise is gone: the latents are finished</source>
        <translation>最后的噪声已去除：潜变量完成</translation>
    </message>
    <message>
        <source>Nearly all noise</source>
        <translation>几乎全是噪声</translation>
    </message>
    <message>
        <source>More noise than picture</source>
        <translation>噪声多于画面</translation>
    </message>
    <message>
        <source>As much noise as picture</source>
        <translation>噪声与画面相当</translation>
    </message>
    <message>
        <source>More picture than noise</source>
        <translation>画面多于噪声</translation>
    </message>
    <message>
        <source>Little noise is left</source>
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
        <source>Ended early at step {step} of {steps}</source>
        <translation>提前结束在第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Refined from step {step}</source>
        <translation>从第 {step} 步精修</translation>
    </message>
    <message>
        <source>The layout still moves</source>
        <translation>布局还在变动</translation>
    </message>
    <message>
        <source>The layout has hardly changed since step {step}</source>
        <translation>第 {step} 步以来布局几乎没有变</translation>
    </message>
    <message>
        <source>Guidance moves the picture by {share} %</source>
        <translation>引导使画面改变 {share} %</translation>
    </message>
    <message>
        <source>Guidance hardly moves it now</source>
        <translation>引导现在几乎不起作用</translation>
    </message>
    <message>
        <source>No guidance</source>
        <translation>没有引导</translation>
    </message>
    <message>
        <source>Pure noise, drawn from the seed. Nothing of the picture is there yet.</source>
        <translation>由种子产生的纯噪声，还没有任何画面。</translation>
    </message>
    <message>
        <source>The last step: what noise was left is taken away, the latents are finished.</source>
        <translation>最后一步：去除剩余的噪声，潜变量完成。</translation>
    </message>
    <message>
        <source>Heun looks twice at every step but the last: {steps} steps are {calls} frames.</source>
        <translation>Heun 除最后一步外每步看两次：{steps} 步共 {calls} 帧。</translation>
    </message>
    <message>
        <source>PNDM takes its second step twice to get going: {steps} steps are {calls} frames.</source>
        <translation>PNDM 起步时把第二步走两次：{steps} 步共 {calls} 帧。</translation>
    </message>
    <message>
        <source>{sampler} calls the UNet {calls} times for {steps} steps; each call is a frame.</source>
        <translation>{sampler} 在 {steps} 步中调用 UNet {calls} 次，每次调用是一帧。</translation>
    </message>
    <message>
        <source>Saved as {file}</source>
        <translation>已保存为 {file}</translation>
    </message>
    <message>
        <source>Not saved yet; it is kept in memory.</source>
        <translation>尚未保存；它保留在内存中。</translation>
    </message>
    <message>
        <source>At work.</source>
        <translation>正在工作。</translation>
    </message>
    <message>
        <source>Go on with this run where it was left (Space, or Ctrl+P while typing).</source>
        <translation>从停下的地方继续这次生成 (空格键，输入文字时用 Ctrl+P)。</translation>
    </message>
    <message>
        <source>One step</source>
        <translation>走一步</translation>
    </message>
    <message>
        <source>Make one step more, and pause.</source>
        <translation>再走一步，然后暂停。</translation>
    </message>
    <message>
        <source>Stop now, in the middle of the step; the steps so far stay (Esc).</source>
        <translation>立即停止，不等这一步结束；已完成的步骤会保留 (Esc)。</translation>
    </message>
    <message>
        <source>Starting noise</source>
        <translation>起始噪声</translation>
    </message>
    <message>
        <source>Go to the noise that the picture starts from (Home).</source>
        <translation>转到图片的起始噪声 (Home)。</translation>
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
        <source>Go one step on (→).</source>
        <translation>前进一步 (→)。</translation>
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
        <source>What of the step is shown.</source>
        <translation>显示这一步的哪一面。</translation>
    </message>
    <message>
        <source>Divide</source>
        <translation>分界</translation>
    </message>
    <message>
        <source>Both pictures in one frame, the second behind a line that can be dragged.</source>
        <translation>两张图片在同一框内，第二张在一条可拖动的分界线之后。</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Each picture in a frame of its own.</source>
        <translation>每张图片各占一框。</translation>
    </message>
    <message>
        <source>By turns</source>
        <translation>轮流</translation>
    </message>
    <message>
        <source>Both pictures in one frame, one after the other.</source>
        <translation>两张图片在同一框内，轮流显示。</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>What else can be done with this step, this run and its picture.</source>
        <translation>对这一步、这次生成和它的图片还能做什么。</translation>
    </message>
    <message>
        <source>Pause at step…</source>
        <translation>在某步暂停…</translation>
    </message>
    <message>
        <source>Keep this recording</source>
        <translation>固定这份记录</translation>
    </message>
    <message>
        <source>Press again to go on without a pause (Space).</source>
        <translation>再按一次则不暂停，继续进行 (空格键)。</translation>
    </message>
    <message>
        <source>Pause after this step; meanwhile the machine is free (Space, or Ctrl+P while typing).</source>
        <translation>在这一步之后暂停；期间机器空闲 (空格键，输入文字时用 Ctrl+P)。</translation>
    </message>
    <message>
        <source>{size}, as it was made</source>
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
        <source>Plays what will be exported, or holds it still (Space).</source>
        <translation>播放将要导出的内容，或让它停住（空格键）。</translation>
    </message>
    <message>
        <source>Export the development as</source>
        <translation>将形成过程导出为</translation>
    </message>
    <message>
        <source>Export the development</source>
        <translation>导出形成过程</translation>
    </message>
    <message>
        <source>Estimate</source>
        <translation>估计</translation>
    </message>
    <message>
        <source>Noisy</source>
        <translation>带噪</translation>
    </message>
    <message>
        <source>As recorded</source>
        <translation>用已有预览</translation>
    </message>
    <message>
        <source>Decoded in full</source>
        <translation>完整解码</translation>
    </message>
    <message>
        <source>Slower and slower</source>
        <translation>越来越慢</translation>
    </message>
    <message>
        <source>Even</source>
        <translation>均匀</translation>
    </message>
    <message>
        <source>Again and again</source>
        <translation>循环</translation>
    </message>
    <message>
        <source>Once</source>
        <translation>一次</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>不显示</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>What kind of file is written.</source>
        <translation>写成哪种文件。</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Whether each step shows the picture it expects, or what is really there with its noise.</source>
        <translation>每一步显示它预期的图片，还是带着噪声的真实状态。</translation>
    </message>
    <message>
        <source>Sharpness</source>
        <translation>清晰度</translation>
    </message>
    <message>
        <source>Whether the previews are used, or every step goes through the full decoder, which takes a while.</source>
        <translation>使用已有的预览，还是让每一步都经过完整解码器（需要一些时间）。</translation>
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
        <source>Whether the number of the step is written on the picture.</source>
        <translation>是否在图片上标出第几步。</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>How long it plays in all.</source>
        <translation>总共播放多久。</translation>
    </message>
    <message>
        <source>Hold the end</source>
        <translation>结尾停留</translation>
    </message>
    <message>
        <source>How much of that the finished picture stands still.</source>
        <translation>其中成品图片停留多久。</translation>
    </message>
    <message>
        <source>Pace</source>
        <translation>节奏</translation>
    </message>
    <message>
        <source>Whether the steps follow each other more and more slowly, as details form, or all alike.</source>
        <translation>随着细节形成越放越慢，还是每一步一样快。</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Whether it begins again when it has ended; for MP4 the player decides that.</source>
        <translation>播放完是否从头再来；MP4 由播放器决定。</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Closes this window; nothing is written.</source>
        <translation>关闭此窗口，不写任何文件。</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Asks where, and writes it; the window goes on meanwhile.</source>
        <translation>询问位置，然后写入；期间窗口照常使用。</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>What will be exported.</source>
        <translation>将要导出的内容。</translation>
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
        <source>Plays everywhere, but with 256 colours a step, and the file is large.</source>
        <translation>到处都能播放，但每步只有 256 色，文件也大。</translation>
    </message>
    <message>
        <source>Small and in all colours; browsers and newer programs play it.</source>
        <translation>小巧而色彩完整；浏览器和较新的程序可以播放。</translation>
    </message>
    <message>
        <source>Every colour as it is, and large; browsers play it, other programs show the first step.</source>
        <translation>颜色分毫不差，文件大；浏览器可以播放，其他程序只显示第一步。</translation>
    </message>
    <message>
        <source>A video, smallest of all; phones and every player show it.</source>
        <translation>视频，文件最小；手机和各种播放器都能播放。</translation>
    </message>
    <message>
        <source>All steps side by side in one PNG picture.</source>
        <translation>所有步骤并排放在一张 PNG 图片里。</translation>
    </message>
    <message>
        <source>A new folder with every step as a PNG picture of its own.</source>
        <translation>新建一个文件夹，每一步各存一张 PNG 图片。</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Go to the picture at work and follow its newest step.</source>
        <translation>转到正在生成的图片，并跟随它的最新一步。</translation>
    </message>
    <message>
        <source>Keep the steps up to this one, and go on from it with something changed (Ctrl+B).</source>
        <translation>保留到这一步为止的步骤，改动一些后从这里继续 (Ctrl+B)。</translation>
    </message>
    <message>
        <source>Make an animation, a video or a contact sheet of how the picture developed (Ctrl+E).</source>
        <translation>把图片的形成过程做成动画、视频或小样张 (Ctrl+E)。</translation>
    </message>
    <message>
        <source>Save the step you look at among your pictures, through the full decoder.</source>
        <translation>用完整解码器把您正在查看的这一步保存到图片文件夹。</translation>
    </message>
    <message>
        <source>Delete picture</source>
        <translation>删除图片</translation>
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
        <source>The finished picture as the model expects it at this step (x₀).</source>
        <translation>模型在这一步所预期的成图 (x₀)。</translation>
    </message>
    <message>
        <source>What is really there after this step: picture and noise mixed (xₜ).</source>
        <translation>这一步之后的实际内容：画面与噪声的混合 (xₜ)。</translation>
    </message>
    <message>
        <source>The numbers the model works on, a tile for each channel: blue below zero, amber above.</source>
        <translation>模型所处理的数字，每个通道一块：蓝色小于零，琥珀色大于零。</translation>
    </message>
    <message>
        <source>What the model takes for noise at this step (ε), decoded as if it were a picture.</source>
        <translation>模型在这一步认为是噪声的部分 (ε)，像图片一样解码。</translation>
    </message>
    <message>
        <source>Where this step altered the estimate: the brighter, the more.</source>
        <translation>这一步改动了估计的哪些地方：越亮改动越大。</translation>
    </message>
    <message>
        <source>Where the prompt pulls: the difference between drawing with it and without it.</source>
        <translation>提示词往哪里拉：有它与没有它时画法的差别。</translation>
    </message>
    <message>
        <source>Up next</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>How many pictures are still to be made.</source>
        <translation>还有多少张图片要生成。</translation>
    </message>
    <message>
        <source>Go on with what is up next</source>
        <translation>继续队列中的图片</translation>
    </message>
    <message>
        <source>Goes on with the run that is paused, and makes what waits after it.</source>
        <translation>继续已暂停的生成，再生成它后面等待的图片。</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Start what is up next</source>
        <translation>开始生成队列中的图片</translation>
    </message>
    <message>
        <source>Makes the pictures that wait here, one after another.</source>
        <translation>依次生成队列中的图片。</translation>
    </message>
    <message>
        <source>What will be made after the picture at work; Delete removes a line.</source>
        <translation>当前图片之后要生成的内容；Delete 移除一行。</translation>
    </message>
    <message>
        <source>(no prompt)</source>
        <translation>（无提示词）</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Does not go on with this run; its steps stay.</source>
        <translation>不再继续这次生成；它的步骤会保留。</translation>
    </message>
    <message>
        <source>Takes this line out; nothing else changes.</source>
        <translation>移除这一行，其他不变。</translation>
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
        <source>twins</source>
        <translation>对照</translation>
    </message>
    <message>
        <source>Begun, at step {step} of {steps}</source>
        <translation>已开始，在第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Seed {seed}, to step {step}; then you choose</source>
        <translation>种子 {seed}，到第 {step} 步，然后由您挑选</translation>
    </message>
    <message>
        <source>Two pictures, step by step together</source>
        <translation>两张图片，一步一步同时进行</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>guidance</source>
        <translation>引导强度</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>turns</source>
        <translation>转折数</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步号</translation>
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
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>It never learned these words; they do not help the picture.</source>
        <translation>它没有学过这些词，它们对画面没有帮助。</translation>
    </message>
    <message>
        <source>The starter model does not know: {words}</source>
        <translation>入门模型不认识：{words}</translation>
    </message>
    <message>
        <source>This model does not know: {words}</source>
        <translation>此模型不认识：{words}</translation>
    </message>
    <message>
        <source>Not known: {words}</source>
        <translation>不认识：{words}</translation>
    </message>
    <message>
        <source>The model that this run began with is not here any more. Bring it back, and open its folder.</source>
        <translation>这次生成开始时所用的模型已不在这里。请把它放回来，并打开它的文件夹。</translation>
    </message>
    <message>
        <source>The run has no steps after this one. Choose an earlier step.</source>
        <translation>这一步之后没有别的步了。请选择更早的一步。</translation>
    </message>
    <message>
        <source>Only a finished picture can be refined. Let the run go to its end first.</source>
        <translation>只有完成的图片才能精修。请先让它跑到最后。</translation>
    </message>
    <message>
        <source>The starting noise holds nothing of the picture. Choose a later step.</source>
        <translation>起始噪声里还没有图片的任何内容。请选择更晚的一步。</translation>
    </message>
    <message>
        <source>This sampler builds on the steps before and cannot begin in the middle. Choose another one.</source>
        <translation>这个采样器要依靠前面的步，不能从中间开始。请换一个。</translation>
    </message>
    <message>
        <source>This sampler is in the middle of a step here. Choose the step before or behind.</source>
        <translation>这个采样器在这里正处于一步的中间。请选择前一步或后一步。</translation>
    </message>
    <message>
        <source>This sampler takes its steps at other noise levels than this run. Choose another one.</source>
        <translation>这个采样器的各步所在的噪声水平与这次运行不同。请换一个。</translation>
    </message>
    <message>
        <source>This sampler does not fit the model. Choose another one.</source>
        <translation>这个采样器不适合这个模型。请换一个。</translation>
    </message>
    <message>
        <source>This sampler adds no noise of its own, so another noise seed would change nothing.</source>
        <translation>这个采样器自己不加噪声，换噪声种子不会有任何变化。</translation>
    </message>
    <message>
        <source>it is damaged from its beginning</source>
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
        <source>Go on</source>
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
        <source>Resume</source>
        <translation>继续</translation>
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
        <translation>“{prompt}”停在第 {step} 步，共 {steps} 步，无法继续：它的源头已不存在或已损坏。</translation>
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
        <translation>由更新版本的 Safelight 写下的记录：{count} 份。它们保持原样；更新 Safelight 即可打开。</translation>
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
        <source>Beside</source>
        <translation>对照显示</translation>
    </message>
    <message>
        <source>Show two pictures: the step in another view, or the same step of another branch.</source>
        <translation>显示两张图片：这一步的另一种视图，或另一分支的同一步。</translation>
    </message>
    <message>
        <source>Nothing beside</source>
        <translation>不对照</translation>
    </message>
    <message>
        <source>Compare with: {branch}</source>
        <translation>与之比较：{branch}</translation>
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
        <source>Runs that share their first steps. Enter shows one, C compares it with the shown one.</source>
        <translation>前几步相同的各次生成。Enter 显示其中一个，C 与正在显示的比较。</translation>
    </message>
    <message>
        <source>Compare with the shown one</source>
        <translation>与正在显示的比较</translation>
    </message>
    <message>
        <source>Stop comparing</source>
        <translation>停止比较</translation>
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
        <translation>正在比较</translation>
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
        <source>paused</source>
        <translation>已暂停</translation>
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
        <source>The step after which this run is to pause.</source>
        <translation>这次生成将在哪一步之后暂停。</translation>
    </message>
    <message>
        <source>Leaves the steps as they are set.</source>
        <translation>步骤保持现有设定。</translation>
    </message>
    <message>
        <source>Pause there no longer</source>
        <translation>不再在那里暂停</translation>
    </message>
    <message>
        <source>Pause there</source>
        <translation>在那里暂停</translation>
    </message>
    <message>
        <source>Shift+click on a step of the timeline does the same.</source>
        <translation>在时间线上 Shift+单击某一步也是一样。</translation>
    </message>
    <message>
        <source>The run pauses after step {numbers}.</source>
        <translation>这次生成在第 {numbers} 步之后暂停。</translation>
    </message>
    <message>
        <source>The run pauses nowhere by itself.</source>
        <translation>这次生成不会自行暂停。</translation>
    </message>
    <message>
        <source>{count} × {until} = {cost} steps; to finish all of them would be {whole}.</source>
        <translation>{count} × {until} = {cost} 步；全部完成则需 {whole} 步。</translation>
    </message>
    <message>
        <source>A picture of a single step has no first steps to choose by. Choose more steps.</source>
        <translation>只有一步的图片没有可供挑选的前几步。请选择更多步数。</translation>
    </message>
    <message>
        <source>Previews are off, so there would be nothing to choose by. Turn them on in the step panel.</source>
        <translation>预览已关闭，没有可供挑选的画面。请在步骤面板中打开预览。</translation>
    </message>
    <message>
        <source>Many seeds, first steps</source>
        <translation>多种子试跑</translation>
    </message>
    <message>
        <source>Begins this picture with many seeds and shows their first steps side by side. Choose the promising ones: they go on from there, the others are let go.</source>
        <translation>用多个种子开始这张图片，并排显示它们的前几步。请挑选有希望的：它们从那里继续，其余的不再生成。</translation>
    </message>
    <message>
        <source>How many</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>How many seeds are begun, from the one in the prompt panel on.</source>
        <translation>从提示词面板中的种子起，用多少个种子开始。</translation>
    </message>
    <message>
        <source>To step</source>
        <translation>到第几步</translation>
    </message>
    <message>
        <source>How far each is made before you choose; the layout often stands after a quarter of the steps.</source>
        <translation>挑选之前各生成到哪一步；布局常常在四分之一的步数之后就定了。</translation>
    </message>
    <message>
        <source>Seeds</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Closes this window; nothing is made.</source>
        <translation>关闭此窗口；什么也不生成。</translation>
    </message>
    <message>
        <source>Make first steps</source>
        <translation>生成前几步</translation>
    </message>
    <message>
        <source>Begins them all, one after another.</source>
        <translation>逐个开始它们。</translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>以后再选</translation>
    </message>
    <message>
        <source>Several seeds</source>
        <translation>多种子试跑</translation>
    </message>
    <message>
        <source>Choose which of the {count} to finish</source>
        <translation>从这 {count} 张中选择要完成的</translation>
    </message>
    <message>
        <source>Closes this view (Esc). The runs stay paused, and you can open it again.</source>
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
        <source>Resumes the selected runs and discards the other {count}.</source>
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
        <source>Clears the selection.</source>
        <translation>清除选择。</translation>
    </message>
    <message>
        <source>Selects all of them.</source>
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
        <source>the beginning</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>as before</source>
        <translation>与原来相同</translation>
    </message>
    <message>
        <source>prompt: {prompt}</source>
        <translation>提示词：{prompt}</translation>
    </message>
    <message>
        <source>negative prompt: {prompt}</source>
        <translation>反向提示词：{prompt}</translation>
    </message>
    <message>
        <source>no negative prompt</source>
        <translation>无反向提示词</translation>
    </message>
    <message>
        <source>guidance {scale}</source>
        <translation>引导强度 {scale}</translation>
    </message>
    <message>
        <source>sampler {sampler}</source>
        <translation>采样器 {sampler}</translation>
    </message>
    <message>
        <source>noise seed {seed}</source>
        <translation>噪声种子 {seed}</translation>
    </message>
    <message>
        <source>refined from step {number}</source>
        <translation>从第 {number} 步精修</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>种子 {seed}</translation>
    </message>
    <message>
        <source>{steps} steps</source>
        <translation>{steps} 步</translation>
    </message>
    <message>
        <source>model {model}</source>
        <translation>模型 {model}</translation>
    </message>
    <message>
        <source>width {width} px</source>
        <translation>宽 {width} 像素</translation>
    </message>
    <message>
        <source>height {height} px</source>
        <translation>高 {height} 像素</translation>
    </message>
    <message>
        <source>Type a seed.</source>
        <translation>请输入一个种子。</translation>
    </message>
    <message>
        <source>There is no other model yet; open a model folder in the prompt panel.</source>
        <translation>还没有别的模型；请在提示词面板中打开模型文件夹。</translation>
    </message>
    <message>
        <source>Both are the same so far.</source>
        <translation>目前两者相同。</translation>
    </message>
    <message>
        <source>{sampler} does not fit this model: {reason}.</source>
        <translation>{sampler} 不适用于此模型：{reason}。</translation>
    </message>
    <message>
        <source>This model does not draw {width} × {height}.</source>
        <translation>此模型画不了 {width} × {height}。</translation>
    </message>
    <message>
        <source>Twin run</source>
        <translation>双图对照</translation>
    </message>
    <message>
        <source>Makes two pictures that differ in one thing, step by step together, and shows both under one playhead.</source>
        <translation>生成只有一处不同的两张图片，一步一步同时进行，用同一个播放头显示。</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>不同之处</translation>
    </message>
    <message>
        <source>The one thing in which the two differ.</source>
        <translation>两者唯一的不同之处。</translation>
    </message>
    <message>
        <source>As in the prompt panel</source>
        <translation>与提示词面板相同</translation>
    </message>
    <message>
        <source>The other</source>
        <translation>另一张</translation>
    </message>
    <message>
        <source>{thing} as in the prompt panel</source>
        <translation>{thing}，与提示词面板相同</translation>
    </message>
    <message>
        <source>What is chosen in the prompt panel; it can be changed there.</source>
        <translation>提示词面板中的选择；可以在那里更改。</translation>
    </message>
    <message>
        <source>{thing} of the other</source>
        <translation>另一张的{thing}</translation>
    </message>
    <message>
        <source>What the other picture is made with instead.</source>
        <translation>另一张图片改用什么来生成。</translation>
    </message>
    <message>
        <source>Start twins</source>
        <translation>开始对照</translation>
    </message>
    <message>
        <source>Makes both, a step of the one, then a step of the other.</source>
        <translation>两张都生成：这张走一步，那张走一步。</translation>
    </message>
    <message>
        <source>Steps are compared by their number, so the one with fewer is always further on.</source>
        <translation>按步号比较，因此步数少的总是走得更远。</translation>
    </message>
    <message>
        <source>Another seed begins with other noise: another picture from the start.</source>
        <translation>换一个种子就从别的噪声开始：一开始就是另一张图片。</translation>
    </message>
    <message>
        <source>Two models are not loaded at once: the second picture is made after the first.</source>
        <translation>不会同时加载两个模型：第二张图片在第一张之后生成。</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>The values of this step were not kept.</source>
        <translation>这一步的数值没有保留。</translation>
    </message>
    <message>
        <source>Values come with the next step.</source>
        <translation>数值随下一步显示。</translation>
    </message>
    <message>
        <source>Values are shown when the machine is free.</source>
        <translation>机器空闲时显示数值。</translation>
    </message>
    <message>
        <source>Reading the values…</source>
        <translation>正在读取数值…</translation>
    </message>
    <message>
        <source>Position {column}, {row} of {columns} × {rows}</source>
        <translation>位置 {column}, {row}，共 {columns} × {rows}</translation>
    </message>
</context>
</TS>
